import type { Board } from "./board.ts";

/** What can happen to a board, and what sets it right again. */
const FAULTS: readonly [
  what: string,
  begin: (board: Board) => void,
  end: (board: Board) => void,
][] = [
  ["loses its Wi-Fi", (b) => b.faults.wifi(true), (b) => b.faults.wifi(false)],
  [
    "gets no answer from its sensor",
    (b) => b.faults.i2c(Infinity),
    (b) => b.faults.i2c(0),
  ],
  [
    "is in light that saturates its sensor",
    (b) => b.faults.light(200_000),
    (b) => b.faults.light(undefined),
  ],
  [
    "is refused by the broker",
    (b) => {
      b.faults.broker("refuses");
      b.faults.halfClose();
    },
    (b) => b.faults.broker(undefined),
  ],
  [
    "hears nothing from the broker",
    (b) => b.faults.broker("hangs"),
    (b) => b.faults.broker(undefined),
  ],
  [
    "has a connection that is closed on one side",
    (b) => b.faults.halfClose(),
    () => {},
  ],
  [
    "has a full flash",
    (b) => b.faults.flashFull(0),
    (b) => b.faults.flashFull(undefined),
  ],
  [
    "cannot look up names",
    (b) => b.faults.dns(Infinity),
    (b) => b.faults.dns(0),
  ],
  [
    "looks up names slowly",
    (b) => b.faults.dns(8000),
    (b) => b.faults.dns(0),
  ],
  ["is reset by its button", (b) => b.faults.reset(), () => {}],
  ["loses its power for a moment", (b) => b.faults.powerCycle(), () => {}],
];

/** Options of {@linkcode chaos}. */
export interface ChaosOptions {
  /** Ends it, and sets right what is wrong then. */
  signal: AbortSignal;
  /** Seconds from one fault to the next, about. Default: 10. */
  every?: number;
  /** Seconds that a fault lasts, about. Default: 20. */
  lasts?: number;
  /** Is told what happens: the board's index, and `loses its Wi-Fi` or `is well again`. */
  tell?: (index: number, what: string) => void;
}

/**
 * Lets things go wrong on boards, one after the other, at random, until the signal aborts.
 *
 * @example
 * ```ts
 * import { chaos, startBoard } from "./mod.ts";
 *
 * await using board = await startBoard();
 * const ending = new AbortController();
 * await chaos([board], {
 *   signal: ending.signal,
 *   every: 0.01,
 *   tell: () => ending.abort(),
 * });
 * ```
 */
export async function chaos(
  boards: readonly Board[],
  { signal, every = 10, lasts = 20, tell = () => {} }: ChaosOptions,
): Promise<void> {
  const random = (mean: number) => mean * 1000 * (0.5 + Math.random());
  const any = <T>(all: readonly T[]) =>
    all[Math.floor(Math.random() * all.length)];
  const suffering = new Map<number, Promise<void>>();
  while (!signal.aborted) {
    await pause(random(every), signal);
    const index = any([...boards.keys()].filter((i) => !suffering.has(i)));
    if (signal.aborted || index === undefined) continue;
    const [what, begin, end] = any(FAULTS);
    tell(index, what);
    begin(boards[index]);
    suffering.set(
      index,
      pause(random(lasts), signal).then(() => {
        end(boards[index]);
        suffering.delete(index);
        if (!signal.aborted) tell(index, "is well again");
      }),
    );
  }
  await Promise.all(suffering.values());
}

/** Resolves after so many milliseconds, or when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
