import type { Key } from "ink";

/** A line of text that is being typed, and where the cursor is in it. */
export interface Line {
  /** The text. */
  text: string;
  /** Before which of its UTF-16 units the cursor is. */
  cursor: number;
  /** Whether it is only offered: the first text that is typed replaces it. */
  offered?: boolean;
}

const characters = new Intl.Segmenter();

/** The longest text that can be typed. */
const MAX_LENGTH = 4096;

/** A line with the cursor at its end. */
export function lineOf(text: string): Line {
  return { text, cursor: text.length };
}

/**
 * The line after a key was pressed or text typed. A text that is offered is
 * replaced by what is typed or taken away as a whole; any other key keeps it.
 */
export function edit(
  line: Line,
  input: string,
  key: Partial<Key>,
): Line {
  // deno-lint-ignore no-control-regex
  const typed = input.replace(/[\x00-\x1f\x7f-\x9f]/g, "");
  const isCommand = key.ctrl || key.meta || key.escape || key.return || key.tab;
  const replaces = key.backspace || key.delete || (typed !== "" && !isCommand);
  const { text, cursor } = line.offered && replaces ? lineOf("") : line;
  const before = text.slice(0, cursor);
  const after = text.slice(cursor);
  const left = [...characters.segment(before)].at(-1)?.segment.length ?? 0;
  const [right] = [...characters.segment(after.slice(0, 64))];
  const step = right?.segment.length ?? 0;

  if (key.leftArrow) return { text, cursor: cursor - left };
  if (key.rightArrow) return { text, cursor: cursor + step };
  if (key.home || (key.ctrl && input === "a")) return { text, cursor: 0 };
  if (key.end || (key.ctrl && input === "e")) return lineOf(text);
  if (key.ctrl && input === "u") return { text: after, cursor: 0 };
  if (key.backspace) {
    return {
      text: before.slice(0, cursor - left) + after,
      cursor: cursor - left,
    };
  }
  if (key.delete) return { text: before + after.slice(step), cursor };
  if (isCommand) return { text, cursor };
  const added = typed.slice(0, MAX_LENGTH - text.length);
  return { text: before + added + after, cursor: cursor + added.length };
}
