/** Positions of messages, from the first to the last. */
export type PositionRange = readonly [first: number, last: number];

/** Adds a position to ranges of one's own, which grow at their end. */
export function addPosition(
  ranges: [first: number, last: number][],
  position: number,
): void {
  const latest = ranges[ranges.length - 1];
  if (latest?.[1] === position - 1) latest[1] = position;
  else ranges.push([position, position]);
}
