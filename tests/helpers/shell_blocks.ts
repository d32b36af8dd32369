/** A block of shell commands in a page. */
export interface ShellBlock {
  /** Its text. */
  text: string;
  /** How it is run: what stands after `sh`. */
  how: "" | "background" | "interrupt" | "ignore";
  /** Where it is in its page: the number of its first line. */
  line: number;
}

/** The `sh` blocks of a page in Markdown. */
export function shellBlocks(markdown: string): ShellBlock[] {
  return [...markdown.matchAll(/^```sh *(\w*)\n(.*?)^```$/gms)]
    .map(({ 1: how, 2: text, index }) => ({
      how: how as ShellBlock["how"],
      text,
      line: markdown.slice(0, index).split("\n").length + 1,
    }));
}

/** The commands of a block, one a line; `\` goes on in the next. */
export function commands({ text }: ShellBlock): string[] {
  return text.replace(/\\\n/g, "").split("\n").filter((line) => line.trim());
}
