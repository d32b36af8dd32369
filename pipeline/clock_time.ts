/** A time on this machine's clock; a day other than today stands before it. */
export function clockTime(ms: number): string {
  const date = new Date(ms);
  // Swedish writes it as ISO 8601 does: 2026-11-26 12:03:44.
  const time = date.toLocaleTimeString("sv");
  return date.toDateString() === new Date().toDateString()
    ? time
    : `${date.toLocaleDateString("sv")} ${time}`;
}
