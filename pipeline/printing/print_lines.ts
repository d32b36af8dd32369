import { counted } from "../counted.ts";
import { WeirError } from "../error.ts";
import type { Sink } from "../flow.ts";
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
 * nothing for a second after the signal. While the disk of stdout is full, lines
 * are left out and counted.
 *
 * @throws {Unprintable} if stdout cannot be written, or at the end, if lines were
 * left out.
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
    const out = createOutput();
    /** Whether anybody takes it. */
    const write = async (text: string | Uint8Array): Promise<boolean> => {
      const bytes = typeof text === "string" ? encoder.encode(text) : text;
      const { promise, resolve, reject } = Promise.withResolvers<boolean>();
      using _late = afterGrace(signal, () => {
        say("Not all is printed: stdout takes nothing.");
        resolve(false);
      });
      out.write(bytes).then(() => resolve(true), reject);
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
    out.end();
  };
}

/** Where lines are left out, and counted, as long as the disk is full. */
interface Output {
  /** Writes bytes to stdout, or counts their lines. */
  write(bytes: Uint8Array): Promise<void>;
  /** @throws {Unprintable} if lines were left out. */
  end(): void;
}

/** What a full disk says: there is room again some time. */
const FULL = ["ENOSPC", "EDQUOT"];

const LF = 0x0a;

function createOutput(): Output {
  let missing = 0;
  let full: (Error & { code?: string }) | undefined;
  /** Whether what was written last ended in the middle of a line. */
  let torn = false;
  return {
    async write(bytes) {
      let rest = bytes;
      try {
        if (torn) await Deno.stdout.write(Uint8Array.of(LF));
        torn = false;
        while (rest.length > 0) {
          const length = await Deno.stdout.write(rest);
          torn = length > 0 && rest[length - 1] !== LF;
          rest = rest.subarray(length);
        }
        // What is printed may end as it likes.
        torn = false;
      } catch (error) {
        if (!FULL.includes((error as { code?: string }).code ?? "")) {
          throw error;
        }
        if (!full) {
          const { message } = error as Error;
          say(
            `Nothing more is printed: ${message}. Lines are counted until there is room.`,
          );
        }
        full = error as Error;
        missing += rest.reduce((sum, byte) => byte === LF ? sum + 1 : sum, 0);
      }
    },
    end() {
      if (!full) return;
      const { message } = full;
      throw new Unprintable(
        "ERR_WEIR_STDOUT",
        `${counted(missing, "line")} could not be printed: ${message}`,
        { cause: full, facts: { reason: message, lines: missing } },
      );
    },
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
