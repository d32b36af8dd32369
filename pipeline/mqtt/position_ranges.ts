/** Positions of messages, from the first to the last. */
export type PositionRange = readonly [first: number, last: number];

/** Adds a position to ranges, which grow at their end. */
export function addPosition(ranges: PositionRange[], position: number): void {
  const [first, last] = ranges.at(-1) ?? [];
  if (first !== undefined && last === position - 1) {
    ranges[ranges.length - 1] = [first, position];
  } else {
    ranges.push([position, position]);
  }
}
