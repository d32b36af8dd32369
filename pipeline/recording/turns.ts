/**
 * Makes a function that lets each act wait for those before it, also where they
 * fail.
 *
 * @example
 * ```ts
 * import { createTurns } from "./turns.ts";
 *
 * const turn = createTurns();
 * let text = "";
 * const first = turn(async () => {
 *   await new Promise((resolve) => setTimeout(resolve));
 *   text += "a";
 * });
 * await Promise.all([first, turn(() => Promise.resolve(text += "b"))]);
 * if (text !== "ab") throw text;
 * ```
 */
export function createTurns(): <T>(act: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const mine = last.then(act);
    last = mine.catch(() => {});
    return mine;
  };
}
