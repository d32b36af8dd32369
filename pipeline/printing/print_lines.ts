import { WeirError } from "../error.ts";
import type { Sink } from "../flow.ts";
import { writeAll } from "../write_all.ts";
import { say } from "../say.ts";

/** An error of stdout, such as a full disk. */
export class Unprintable extends WeirError {
  /** `"Unprintable"`. */
  override name = "Unprintable";
}

/** Options of {@linkcode printLines}. */
export interface PrintLinesOptions {
  /** Printed before everything else. */
  head?: string;
  /** After it aborts, a stdout that takes nothing holds up the flow for a second at most. */
  signal?: AbortSignal;
}

/** How long printing may take after the signal, in milliseconds. */
const GRACE = 1000;

/**
 * Returns a sink that prints on stdout what a function makes of each batch. It
 * returns early if the reader of stdout has seen enough (`| head`), or takes
 * nothing for a second after the signal.
 *
 * @throws {Unprintable} if stdout cannot be written, such as on a full disk.
 *
 * @example
 * ```ts
 * import { printLines } from "../mod.ts";
 *
 * async function* source() {
 *   yield [1, 2, 3];
 * }
 * await printLines<number>((numbers) => `${numbers.join()}\n`)(source());
 * ```
 */
export function printLines<T>(
  lines: (batch: readonly T[]) => string | Uint8Array,
  { head, signal }: PrintLinesOptions = {},
): Sink<T> {
  return async (flow) => {
    const encoder = new TextEncoder();
    /** Whether it was written. */
    const write = async (text: string | Uint8Array): Promise<boolean> => {
      const bytes = typeof text === "string" ? encoder.encode(text) : text;
      const { promise, resolve, reject } = Promise.withResolvers<boolean>();
      using _late = afterGrace(signal, () => {
        say("Not all is printed: stdout takes nothing.");
        resolve(false);
      });
      writeAll(Deno.stdout, bytes).then(() => resolve(true), reject);
      try {
        return await promise;
      } catch (error) {
        // A reader that has seen enough is nothing to tell of.
        if (error instanceof Deno.errors.BrokenPipe) return false;
        const { message } = error as Error;
        throw new Unprintable(
          "ERR_WEIR_STDOUT",
          `Nothing more is printed: ${message}`,
          {
            cause: error,
          },
        );
      }
    };
    if (head !== undefined && !await write(head)) return;
    for await (const batch of flow) if (!await write(lines(batch))) return;
  };
}

/** Does something some time after the signal, unless it is disposed of. */
function afterGrace(
  signal: AbortSignal | undefined,
  act: () => void,
): Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const start = () => timer = setTimeout(act, GRACE);
  if (signal?.aborted) start();
  else signal?.addEventListener("abort", start);
  return {
    [Symbol.dispose]() {
      signal?.removeEventListener("abort", start);
      clearTimeout(timer);
    },
  };
}
