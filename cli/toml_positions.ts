/** Where something stands in a text, from 1 on. */
export interface Position {
  line: number;
  column: number;
}

const KEY = /[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\w-]+)[ \t]*(\.?)/y;
const BLANK = /(?:[ \t\r\n]+|#[^\n]*)*/y;
const STRING =
  /"""(?:[^\\]|\\[^])*?"{3,5}|'''[^]*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y;

/**
 * Where each key of a TOML document stands, which no small parser keeps:
 * `broker`, `rule.1` (the second one), `rule.1.filter`. The document is valid.
 */
export function locateKeys(toml: string): Map<string, Position> {
  const found = new Map<string, Position>();
  const tables = new Map<string, number>();
  let table = "";
  let at = 0;
  const skip = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(toml);
    if (match) at = pattern.lastIndex;
    return match;
  };
  const readKey = (): string => {
    const parts: string[] = [];
    for (let more = true; more;) {
      const match = skip(KEY);
      if (!match) break;
      parts.push(match[1].replace(/^(["'])(.*)\1$/, "$2"));
      more = match[2] === ".";
    }
    return parts.join(".");
  };
  /** To the end of the line that a value ends in. */
  const skipValue = () => {
    for (let depth = 0; at < toml.length;) {
      const character = toml[at];
      if (character === "\n" && depth === 0) return;
      if (character === "#") {
        skip(BLANK);
        if (depth === 0) return;
      } else if (!skip(STRING)) {
        if ("[{".includes(character)) depth++;
        if ("]}".includes(character)) depth--;
        at++;
      }
    }
  };
  while (skip(BLANK), at < toml.length) {
    const start = at;
    let path: string;
    if (toml[at] === "[") {
      const array = toml[at + 1] === "[";
      at += array ? 2 : 1;
      table = readKey();
      if (array) {
        const count = tables.get(table) ?? 0;
        tables.set(table, count + 1);
        table = `${table}.${count}`;
      }
      at += array ? 2 : 1;
      path = table;
    } else path = [...table ? [table] : [], readKey()].join(".");
    if (!found.has(path)) found.set(path, positionAt(toml, start));
    skipValue();
  }
  return found;
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
