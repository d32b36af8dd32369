/** Throws if a number is too small or none, as TC39's iterator helpers do (ECMA-262, 27.1.4). */
export function checkAtLeast(least: number, given: number): void {
  if (given >= least) return;
  throw new RangeError(`Expected a number of at least ${least}, got ${given}.`);
}
