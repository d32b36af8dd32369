/** Numbers that are none, as devices, Python and C write them. */
const NO_NUMBER = /[+-]?(?:nan|NaN|NAN|[iI]nfinity|inf|Inf|INF)(?![\w.])/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /(?:true|false|null)/y;
const SPACE = /[ \t\r\n]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** JSON that `JSON.parse` takes, or why a text is none. */
export type Mended =
  | { text: string; reason?: undefined }
  | { text?: undefined; reason: string };

/**
 * Looks at a text that `JSON.parse` does not take: with `null` in the place of
 * each number that is none (`nan`, `-inf`), it is JSON, or the reason says what
 * is unexpected, and at which character (the first one is at 0).
 */
export function mendJson(text: string): Mended {
  let at = 0;
  let mended = "";
  let copied = 0;
  const open: string[] = [];

  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const unexpected = (): Mended => ({
    reason: at >= text.length
      ? "unexpected end"
      : `unexpected ${
        JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))
      } at ${at}`,
  });
  const string = (): boolean => {
    if (text[at] !== '"') return false;
    for (at++; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x22) return at++, true;
      if (code < 0x20) return false;
      if (code !== 0x5c) continue;
      if (!skip(ESCAPE)) return false;
      at--;
    }
    return false;
  };
  const key = (): boolean => {
    skip(SPACE);
    if (!string()) return false;
    skip(SPACE);
    return text[at] === ":" && (at++, true);
  };

  while (true) {
    // A value, or the beginning of one.
    skip(SPACE);
    const first = text[at];
    if (first === "{" || first === "[") {
      at++;
      skip(SPACE);
      const close = first === "{" ? "}" : "]";
      if (text[at] !== close) {
        open.push(close);
        if (first === "{" && !key()) return unexpected();
        continue;
      }
      at++;
    } else {
      const start = at;
      if (skip(NO_NUMBER)) {
        mended += text.slice(copied, start) + "null";
        copied = at;
      } else if (!string() && !skip(NUMBER) && !skip(WORD)) return unexpected();
    }
    // What follows a value.
    skip(SPACE);
    while (open.length > 0 && text[at] === open.at(-1)) {
      at++;
      open.pop();
      skip(SPACE);
    }
    if (open.length === 0) {
      if (at < text.length) return unexpected();
      return { text: mended + text.slice(copied) };
    }
    if (text[at] !== ",") return unexpected();
    at++;
    if (open.at(-1) === "}" && !key()) return unexpected();
  }
}
