/** A share as a percentage that is 100 only if nothing is missing. */
export function percentage(share: number): string {
  return `${(Math.floor(share * 1000 + 1e-9) / 10).toFixed(1)} %`;
}
