/** So many edits are a typing mistake. */
const MOST = 2;

/** ` Did you mean …?` if one of the words is close to what was typed, or else "". */
export function didYouMean(typed: string, words: readonly string[]): string {
  const found = words.map((word) => [edits(typed, word), word] as const)
    .filter(([count]) => count <= MOST && count < typed.length)
    .toSorted(([a], [b]) => a - b)[0];
  return found ? ` Did you mean ${found[1]}?` : "";
}

/** The Levenshtein distance, in which a swap of neighbours counts as two. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min(
        row[j] + (letter === other ? 0 : 1),
        row[j + 1] + 1,
        next[j] + 1,
      ));
    }
    row = next;
  }
  return row[b.length];
}
