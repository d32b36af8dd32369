import { argumentsOf, type Command } from "./define_command.ts";
import type { Option } from "./define_option.ts";

/** A command and its name. */
type Named = readonly [name: string, command: Command];

/** Argument and value names that are completed with the names of files. */
const FILE = "file";

/** What a shell offers for an option. */
interface Choice {
  flags: string[];
  about: string;
  /** The name of its value; undefined if it takes none. */
  takes?: string;
  /** The only values there are. */
  words?: string;
}

const HELP = { flags: ["-h", "--help"], about: "Show this help" };
const TOP = [HELP, { flags: ["-V", "--version"], about: "Show the version" }];

/** A command's options, with `--help`. */
function options({ options = {} }: Command): Choice[] {
  const own = Object.values<Option>(options).map((
    { flags, help, choices },
  ) => ({
    flags: flags.match(/(?<!\S)--?[\w-]+/g)!,
    about: firstSentence(help),
    takes: /<(.+)>/.exec(flags)?.[1],
    words: choices?.join(" "),
  }));
  return [...own, HELP];
}

/** The arguments that have a few values, and where they stand, from 1 on. */
function places(command: Command) {
  return argumentsOf(command).map(({ name }, index) => ({
    name,
    at: index + 1,
    words: command.choices?.[name]?.join(" "),
  })).filter(({ words }) => words !== undefined);
}

const takesFile = (command: Command) =>
  argumentsOf(command).some(({ name }) => name === FILE);

/** Enough for a list that is read in passing. */
const firstSentence = (text: string) =>
  text.replace(/\s+/g, " ").split(/[.:](?: |$)/)[0];

const lines = <T>(items: readonly T[], line: (item: T) => string | string[]) =>
  items.flatMap(line).join("\n");

/** https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html */
function bash(commands: Named[]): string {
  const flagsOf = (choices: Choice[]) => choices.flatMap(({ flags }) => flags);
  const cases = ([name, command]: Named) =>
    [
      ...options(command).filter(({ words }) => words !== undefined).map((
        { flags, words },
      ) => [flags.map((flag) => `*:${name}:*:${flag}`).join("|"), words]),
      [`-*:${name}:*`, flagsOf(options(command)).join(" ")],
      ...places(command).map((
        { at, words },
      ) => [`*:${name}:${at + 1}:*`, words]),
    ].map(([when, words]) => `    ${when}) words="${words}" ;;`);
  const first = [...commands.map(([name]) => name), ...flagsOf(TOP)].join(" ");
  return `# bash completion for weir. What is no command and no option is a file.
_weir() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  case "$current:\${COMP_WORDS[1]}:$COMP_CWORD:\${COMP_WORDS[COMP_CWORD - 1]}" in
    *:1:*) words="${first}" ;;
${lines(commands, cases)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _weir weir`;
}

/** https://zsh.sourceforge.io/Doc/Release/Completion-System.html */
function zsh(commands: Named[]): string {
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const escape = (text: string) => text.replace(/[[\]:\\]/g, "\\$&");
  const action = (takes: string, words?: string) =>
    takes === FILE ? "_files" : words === undefined ? " " : `(${words})`;
  const option = ({ flags, about, takes, words }: Choice) => {
    const value = takes ? `:${takes}:${action(takes, words)}` : "";
    return flags.map((flag) =>
      quote(`(${flags.join(" ")})${flag}[${escape(about)}]${value}`)
    );
  };
  const branch = ([name, command]: Named) =>
    `    ${name}) _arguments -s -S ${
      [
        ...options(command).flatMap(option),
        ...places(command).map(({ name, at, words }) =>
          quote(`${at}:${name}:(${words})`)
        ),
        quote(takesFile(command) ? "*:file:_files" : "*: : "),
      ].join(" \\\n      ")
    } ;;`;
  const list = ([name, { description }]: Named) =>
    `    ${quote(`${name}:${escape(firstSentence(description))}`)}`;
  return `#compdef weir
# zsh completion for weir.
_weir() {
  local -a commands=(
${lines(commands, list)}
  )
  if ((CURRENT == 2)); then
    if [[ $words[2] == -* ]]; then
      _arguments -s ${TOP.flatMap(option).join(" ")}
    else
      _describe command commands
    fi
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${lines(commands, branch)}
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
  const quote = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`;
  const complete = (when: string, what: string, about?: string) =>
    `complete -c weir -n ${quote(when)} ${what}${
      about ? ` -d ${quote(about)}` : ""
    }`;
  const option = (when: string, { flags, about, takes, words }: Choice) => {
    const names = flags.map((flag) =>
      flag.replace(/^--/, "-l ").replace(/^-(?=\w$)/, "-s ")
    );
    const value = takes === undefined
      ? []
      : takes === FILE
      ? ["-rF"]
      : words === undefined
      ? ["-x"]
      : [`-xa ${quote(words)}`];
    return complete(when, [...names, ...value].join(" "), about);
  };
  const none = "__fish_use_subcommand";
  const branch = ([name, command]: Named) => {
    const when = `__fish_seen_subcommand_from ${name}`;
    return [
      complete(none, `-a ${name}`, firstSentence(command.description)),
      ...takesFile(command) ? [complete(when, "-F")] : [],
      ...places(command).map(({ words }) =>
        complete(when, `-a ${quote(words!)}`)
      ),
      ...options(command).map((choice) => option(when, choice)),
    ];
  };
  return `# fish completion for weir.
complete -c weir -f
${lines(TOP, (choice) => option(none, choice))}
${lines(commands, branch)}`;
}

/** The script for each shell, made of the commands. */
export const SHELLS = { bash, zsh, fish };
