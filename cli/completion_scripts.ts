import type { Command } from "@cliffy/command";
import { REQUESTS } from "../pipeline/mod.ts";

// deno-lint-ignore no-explicit-any
type Any = Command<any>;

/** An argument that is called so is completed with the names of files. */
const FILE = "file";

/** What can be given where an argument is called so. */
const VALUES: Record<string, string> = {
  format: "python json csv",
  level: "0 1 2",
  version: "3 5",
  clock: "host device",
  request: REQUESTS.join(" "),
  shell: "bash zsh fish",
};

interface Choice {
  flags: string[];
  about: string;
  /** What it takes: a file, something else, or nothing. */
  takes?: string;
}

/** A command's options; `--help` is among every command's. */
function options(command: Any): Choice[] {
  const own = command.getOptions().map(({ flags, description, args }) => ({
    flags,
    about: firstSentence(description),
    takes: args[0]?.name,
  }));
  return [
    ...own.filter(({ flags }) => !flags.includes("--help")),
    { flags: ["-h", "--help"], about: "Show this help" },
  ];
}

const takesFile = (command: Any) =>
  command.getArguments().some(({ name }) => name === FILE);

/** The arguments that have a few values, and where they stand, from 1 on. */
function values(command: Any): { name: string; at: number; words: string }[] {
  return command.getArguments().flatMap(({ name }, index) =>
    name in VALUES ? { name, at: index + 1, words: VALUES[name] } : []
  );
}

/** Enough for a list that is read in passing. */
function firstSentence(text: string): string {
  return text.replace(/\s+/g, " ").split(/[.:](?: |$)/)[0];
}

/** A word in single quotes: all but fish end it to put in a quote. */
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html */
function bash(main: Any): string {
  const flags = (command: Any) =>
    options(command).flatMap(({ flags }) => flags).join(" ");
  const commands = main.getCommands();
  const known = new Map(
    commands.flatMap(options).flatMap(({ flags, takes = "" }) =>
      takes in VALUES ? [[flags.join("|"), VALUES[takes]] as const] : []
    ),
  );
  const places = commands.flatMap((command) =>
    values(command).map(({ at, words }) =>
      [`${command.getName()}${at + 1}`, words] as const
    )
  );
  const cases = (of: Iterable<readonly [string, string]>) =>
    [...of].map(([when, words]) => `      ${when}) words="${words}" ;;`)
      .join("\n");
  return `# bash completion for weir. What is no command and no option is a file.
_weir() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if ((COMP_CWORD == 1)); then
    words="${commands.map((command) => command.getName()).join(" ")} ${
    flags(main)
  }"
  elif [[ "$current" == -* ]]; then
    case "\${COMP_WORDS[1]}" in
${
    commands.map((command) =>
      `      ${command.getName()}) words="${flags(command)}" ;;`
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
function zsh(main: Any): string {
  const escape = (text: string) => text.replace(/[[\]:\\]/g, "\\$&");
  const argument = ({ flags, about, takes }: Choice) => {
    const value = takes === undefined
      ? ""
      : `:${takes}:${
        takes === FILE ? "_files" : takes in VALUES ? `(${VALUES[takes]})` : " "
      }`;
    return flags.map((flag) =>
      quote(`(${flags.join(" ")})${flag}[${escape(about)}]${value}`)
    ).join(" ");
  };
  const branch = (command: Any) =>
    `    ${command.getName()})
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
  const commands = main.getCommands();
  return `#compdef weir
# zsh completion for weir.
_weir() {
  local -a commands=(
${
    commands.map((command) =>
      `    ${
        quote(
          `${command.getName()}:${
            escape(firstSentence(command.getDescription()))
          }`,
        )
      }`
    ).join("\n")
  }
  )
  if ((CURRENT == 2)); then
    if [[ $words[2] == -* ]]; then
      _arguments -s ${options(main).map(argument).join(" ")}
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
function fish(main: Any): string {
  const quote = (text: string) =>
    `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const option = (when: string, { flags, about, takes }: Choice) => {
    const names = flags.map((flag) =>
      flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`
    );
    const value = takes === undefined
      ? ""
      : takes === FILE
      ? " -rF"
      : takes in VALUES
      ? ` -xa ${quote(VALUES[takes])}`
      : " -x";
    return `complete -c weir -n ${quote(when)} ${names.join(" ")}${value} -d ${
      quote(about)
    }`;
  };
  const none = "__fish_use_subcommand";
  return [
    "# fish completion for weir.",
    "complete -c weir -f",
    ...options(main).map((choice) => option(none, choice)),
    ...main.getCommands().flatMap((command) => {
      const name = command.getName();
      const when = `__fish_seen_subcommand_from ${name}`;
      return [
        `complete -c weir -n ${quote(none)} -a ${name} -d ${
          quote(firstSentence(command.getDescription()))
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

/** The script for each shell, of a command line. */
export const SHELLS = { bash, zsh, fish };
