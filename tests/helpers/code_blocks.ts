/** A fenced block of a page. */
export interface CodeBlock {
  /** Its language: the first word of its fence. */
  language: string;
  /** What its fence says after that. */
  how: string;
  /** Its text, without the indentation of a list that it stands in. */
  text: string;
}

/** The fenced blocks of a page in Markdown. */
export function codeBlocks(markdown: string): CodeBlock[] {
  return [...markdown.matchAll(/^( *)```(\w+) *(.*)\n([^]*?)^\1```$/gm)]
    .map(([, indentation, language, how, text]) => ({
      language,
      how,
      text: text.replaceAll(new RegExp(`^${indentation}`, "gm"), ""),
    }));
}

/** The commands of a text, one a line; `\` goes on in the next. */
export function commands(text: string): string[] {
  return text.replaceAll("\\\n", "").split("\n").filter((line) => line.trim());
}

/** A command in a `console` block, and what it says. */
export interface Example {
  /** What stands after `$ `. */
  command: string;
  /** Its lines, up to a `^C` if there is one. */
  says: string[];
  /** Its lines after the `^C`; undefined if there is none. */
  afterwards?: string[];
}

/** What a `console` block shows. */
export function examples(text: string): Example[] {
  return text.split(/^\$ /m).slice(1).map((part) => {
    const [command, ...lines] = part.trimEnd().split("\n");
    const end = lines.indexOf("^C");
    if (end < 0) return { command, says: lines };
    const afterwards = lines.slice(end + 1);
    return { command, says: lines.slice(0, end), afterwards };
  });
}
