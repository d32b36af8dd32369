/** So many edits are a typing mistake, of less than half of the letters. */
const MOST = 2;

/** ` Did you mean …?` if one of the words is close to what was typed, or else "". */
export function didYouMean(typed: string, words: readonly string[]): string {
  const letters = typed.replace(/^-+/, "").length;
  const found = words.map((word) => [edits(typed, word), word] as const)
    .filter(([count]) => count <= MOST && count < letters / 2)
    .toSorted(([a], [b]) => a - b)[0];
  return found ? ` Did you mean ${found[1]}?` : "";
}

/** The Levenshtein distance, in which a swap of neighbours counts as one. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  let before: number[] = [];
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const swapped = a[i] === b[j - 1] && a[i - 1] === b[j];
      next.push(Math.min(
        row[j] + (a[i] === b[j] ? 0 : 1),
        row[j + 1] + 1,
        next[j] + 1,
        swapped ? before[j - 1] + 1 : Infinity,
      ));
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}
