import { escape } from "./escape.ts";

/** What a stream did not take of the lines that were for it. */
interface Unsaid {
  /** How many lines, in all. */
  lines: number;
  /** How many since the last one that it took. */
  missing: number;
  /** Why it did not take the last of them. */
  error?: Error & { code?: string };
}

/** Of a line's own making: a stack trace, an indentation. */
const BREAKS = /([\n\t]+)/;

/** A text or what is between two. */
const shown = (text: string, index: number) =>
  index % 2 === 0 ? escape(text) : text;

const stderr: Unsaid = { lines: 0, missing: 0 };
const stdout: Unsaid = { lines: 0, missing: 0 };

/**
 * Prints a line on stderr. The log never ends what it reports on: a line that
 * stderr does not take (a full disk, a closed terminal) is left out and counted,
 * and the next line that it takes comes after their number. Whatever a line is
 * made of, a file's name say, control characters in it are escaped.
 *
 * @example
 * ```ts
 * import { say } from "./mod.ts";
 *
 * say("Connected to mqtt://localhost:1883");
 * ```
 */
export function say(line: string): void {
  print(console.error, line.split(BREAKS).map(shown).join(""), stderr);
}

/**
 * Prints a line on stdout in the same way, for a report that goes on without it.
 *
 * @example
 * ```ts
 * import { sayOut } from "./mod.ts";
 *
 * sayOut("lab.csv:3: an empty line");
 * ```
 */
export function sayOut(line: string): void {
  print(console.log, line, stdout);
}

/**
 * How many lines stdout did not take from {@linkcode sayOut}, and why. A reader
 * that has seen enough (`| head`) is not missing any.
 *
 * @example
 * ```ts
 * import { unsaidOut } from "./mod.ts";
 *
 * const { lines, error } = unsaidOut();
 * if (lines > 0) throw error;
 * ```
 */
export function unsaidOut(): { lines: number; error?: Error } {
  const { lines, error } = stdout;
  return error?.code === "EPIPE" ? { lines: 0 } : { lines, error };
}

function print(to: (line: string) => void, line: string, unsaid: Unsaid): void {
  const { missing } = unsaid;
  // The line that failed may have been cut in its middle: this one ends it.
  const gap = `\n(${missing} ${
    missing === 1 ? "line is" : "lines are"
  } missing here)\n`;
  try {
    to(missing > 0 ? gap + line : line);
    unsaid.missing = 0;
  } catch (error) {
    unsaid.lines++;
    unsaid.missing++;
    unsaid.error = error as Error;
  }
}
