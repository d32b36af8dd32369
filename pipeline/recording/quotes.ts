/**
 * Where a character stands outside of quotes (RFC 4180). `state` says whether
 * the text begins in quotes, and is kept up to date, so that a longer text can
 * be read piece by piece.
 */
export function* outsideQuotes(
  text: string,
  character: "," | "\n",
  state: { quoted: boolean } = { quoted: false },
  from = 0,
): Generator<number> {
  const marks = character === "," ? /[",]/g : /["\n]/g;
  marks.lastIndex = from;
  for (let mark; (mark = marks.exec(text)) !== null;) {
    if (mark[0] === '"') state.quoted = !state.quoted;
    else if (!state.quoted) yield mark.index;
  }
}

/**
 * Whether a text that follows a line end somewhere in a CSV begins in quotes.
 * Quotes stand around whole cells, so one of the two is mostly impossible;
 * nothing if both are possible, or neither.
 */
export function beginsInQuotes(text: string): boolean | undefined {
  const inside = isWellQuoted(text, true);
  return inside === isWellQuoted(text, false) ? undefined : inside;
}

/** Whether quotes are around whole cells, if the text begins in quotes or not. */
function isWellQuoted(text: string, quoted: boolean): boolean {
  for (let at = 0; (at = text.indexOf('"', at)) >= 0; at++) {
    if (!quoted) {
      if (at > 0 && !",\n".includes(text[at - 1])) return false;
      quoted = true;
    } else if (text[at + 1] === '"') at++;
    else if (at + 1 < text.length && !",\r\n".includes(text[at + 1])) {
      return false;
    } else quoted = false;
  }
  return true;
}

/**
 * The cells of a line of CSV, with its line end or without, as RFC 4180 has
 * them. `unclosed` if the line ends in quotes; `misplaced` if quotes are not
 * around whole cells, or a CR is in a cell without quotes.
 */
export function readCells(line: string): string[] | "unclosed" | "misplaced" {
  const lineEnd = line.endsWith("\r\n") ? 2 : line.endsWith("\n") ? 1 : 0;
  const length = line.length - lineEnd;
  const cr = line.indexOf("\r");
  if (!line.includes('"') && (cr < 0 || cr === length)) {
    // Twice as fast as split().
    const cells: string[] = [];
    let start = 0;
    for (let end; (end = line.indexOf(",", start)) >= 0; start = end + 1) {
      cells.push(line.slice(start, end));
    }
    cells.push(line.slice(start, length));
    return cells;
  }
  const text = line.slice(0, length);
  const state = { quoted: false };
  const commas = [...outsideQuotes(text, ",", state)];
  if (state.quoted) return "unclosed";
  const cells: string[] = [];
  let start = 0;
  for (const end of [...commas, text.length]) {
    const cell = unquote(text.slice(start, end));
    if (cell === undefined) return "misplaced";
    cells.push(cell);
    start = end + 1;
  }
  return cells;
}

/** What a cell says, quoted or not; nothing if it is neither. */
function unquote(cell: string): string | undefined {
  if (!/["\r]/.test(cell)) return cell;
  if (cell.length < 2 || !cell.startsWith('"') || !cell.endsWith('"')) {
    return undefined;
  }
  const inner = cell.slice(1, -1);
  if (inner.replaceAll('""', "").includes('"')) return undefined;
  return inner.replaceAll('""', '"');
}
