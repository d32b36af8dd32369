import { argumentsOf, type Command } from "./command.ts";
import type { Option } from "./option.ts";

/** A command and its name. */
type Named = readonly [name: string, command: Command];

/** An argument that is called so is completed with the names of files. */
const FILE = "file";

/** What a shell offers for an option. */
interface Choice {
  flags: string[];
  about: string;
  /** What it takes: a file, something else, or nothing. */
  takes?: string;
  /** The only values there are. */
  words?: string;
}

const HELP = { flags: ["-h", "--help"], about: "Show this help" };
const TOP = [HELP, { flags: ["-V", "--version"], about: "Show the version" }];

/** A command's options; `--help` is among every command's. */
function options(command: Command): Choice[] {
  const own = Object.values<Option>(command.options ?? {}).map((
    { flags, help, choices },
  ) => ({
    flags: flags.match(/(?<!\S)--?[\w-]+/g)!,
    about: firstSentence(help),
    takes: /<(.+)>/.exec(flags)?.[1],
    words: choices?.join(" "),
  }));
  return [...own, HELP];
}

const takesFile = (command: Command) =>
  argumentsOf(command).some(({ name }) => name === FILE);

/** The arguments that have a few values, and where they stand, from 1 on. */
function values(
  command: Command,
): { name: string; at: number; words: string }[] {
  return argumentsOf(command).flatMap(({ name }, index) => {
    const words = command.choices?.[name]?.join(" ");
    return words === undefined ? [] : { name, at: index + 1, words };
  });
}

/** Enough for a list that is read in passing. */
function firstSentence(text: string): string {
  return text.replace(/\s+/g, " ").split(/[.:](?: |$)/)[0];
}

/** A word in single quotes: all but fish end it to put in a quote. */
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html */
function bash(commands: Named[]): string {
  const flags = (choices: Choice[]) =>
    choices.flatMap(({ flags }) => flags).join(" ");
  const known = new Map(
    commands.flatMap(([, command]) => options(command)).flatMap((
      { flags, words },
    ) => words === undefined ? [] : [[flags.join("|"), words] as const]),
  );
  const places = commands.flatMap(([name, command]) =>
    values(command).map(({ at, words }) => [`${name}${at + 1}`, words] as const)
  );
  const cases = (of: Iterable<readonly [string, string]>) =>
    [...of].map(([when, words]) => `      ${when}) words="${words}" ;;`)
      .join("\n");
  return `# bash completion for weir. What is no command and no option is a file.
_weir() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if ((COMP_CWORD == 1)); then
    words="${commands.map(([name]) => name).join(" ")} ${flags(TOP)}"
  elif [[ "$current" == -* ]]; then
    case "\${COMP_WORDS[1]}" in
${
    commands.map(([name, command]) =>
      `      ${name}) words="${flags(options(command))}" ;;`
    ).join("\n")
  }
    esac
  else
    case "\${COMP_WORDS[1]}$COMP_CWORD" in
${cases(places)}
    esac
    case "\${COMP_WORDS[COMP_CWORD - 1]}" in
${cases(known)}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _weir weir`;
}

/** https://zsh.sourceforge.io/Doc/Release/Completion-System.html */
function zsh(commands: Named[]): string {
  const escape = (text: string) => text.replace(/[[\]:\\]/g, "\\$&");
  const argument = ({ flags, about, takes, words }: Choice) => {
    const value = takes === undefined
      ? ""
      : `:${takes}:${
        takes === FILE ? "_files" : words === undefined ? " " : `(${words})`
      }`;
    return flags.map((flag) =>
      quote(`(${flags.join(" ")})${flag}[${escape(about)}]${value}`)
    ).join(" ");
  };
  const branch = ([name, command]: Named) =>
    `    ${name})
      _arguments -s -S \\
${
      options(command).map((option) => `        ${argument(option)} \\`)
        .join("\n")
    }
${
      values(command).map(({ name, at, words }) =>
        `        ${quote(`${at}:${name}:(${words})`)} \\\n`
      ).join("")
    }        ${quote(takesFile(command) ? "*:file:_files" : "*: : ")} ;;`;
  return `#compdef weir
# zsh completion for weir.
_weir() {
  local -a commands=(
${
    commands.map(([name, { description }]) =>
      `    ${quote(`${name}:${escape(firstSentence(description))}`)}`
    ).join("\n")
  }
  )
  if ((CURRENT == 2)); then
    if [[ $words[2] == -* ]]; then
      _arguments -s ${TOP.map(argument).join(" ")}
    else
      _describe command commands
    fi
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${commands.map(branch).join("\n")}
  esac
}
if [[ $funcstack[1] == _weir ]]; then
  _weir "$@"
else
  compdef _weir weir
fi`;
}

/** https://fishshell.com/docs/current/completions.html */
function fish(commands: Named[]): string {
  const quote = (text: string) =>
    `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const option = (when: string, { flags, about, takes, words }: Choice) => {
    const names = flags.map((flag) =>
      flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`
    );
    const value = takes === undefined
      ? ""
      : takes === FILE
      ? " -rF"
      : words !== undefined
      ? ` -xa ${quote(words)}`
      : " -x";
    return `complete -c weir -n ${quote(when)} ${names.join(" ")}${value} -d ${
      quote(about)
    }`;
  };
  const none = "__fish_use_subcommand";
  return [
    "# fish completion for weir.",
    "complete -c weir -f",
    ...TOP.map((choice) => option(none, choice)),
    ...commands.flatMap(([name, command]) => {
      const when = `__fish_seen_subcommand_from ${name}`;
      return [
        `complete -c weir -n ${quote(none)} -a ${name} -d ${
          quote(firstSentence(command.description))
        }`,
        ...takesFile(command) ? [`complete -c weir -n ${quote(when)} -F`] : [],
        ...values(command).map(({ words }) =>
          `complete -c weir -n ${quote(when)} -a ${quote(words)}`
        ),
        ...options(command).map((choice) => option(when, choice)),
      ];
    }),
  ].join("\n");
}

/** The script for each shell, made of the commands. */
export const SHELLS = { bash, zsh, fish };
