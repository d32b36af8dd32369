import type { SessionDeliveries } from "../mqtt/session.ts";
import type { Memory } from "./memory.ts";
import type { Redelivery } from "./redelivery.ts";

/** What deliveries need of their session. */
export interface DeliveryParts {
  redelivery: Redelivery;
  memory: Memory;
  /** The position of the last message that is safe. */
  safe(): number;
  /** Puts into the ledger what it lacks, until that succeeds. */
  append(): Promise<void>;
  /** The same, in one attempt. */
  tryAppend(): Promise<void>;
  counts: { redelivered: number; possiblyDoubled: number };
  /** The message at this position is possibly doubled. */
  doubled(position: number): void;
  log(text: string): void;
}

/** A batch that comes within so many milliseconds says what is confirmed as well. */
const BATCH_MS = 10;

/** Without one it is said by itself, no more often than this. */
const APART_MS = 100;

/** Makes the part of a session that recognises what is delivered again. */
export function createDeliveries(
  { redelivery, memory, safe, append, tryAppend, counts, doubled, log }:
    DeliveryParts,
): SessionDeliveries & { close(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let told = -Infinity;
  const tell = async () => {
    try {
      if (memory.outdated) {
        told = performance.now();
        await tryAppend();
      }
    } catch {
      // The next batch tries again, and reports it.
    }
    timer = undefined;
  };
  return {
    take(message, id) {
      const taken = redelivery.take(message, id, safe());
      if (taken.redelivered) counts.redelivered++;
      if (taken.possiblyDoubled) doubled(taken.position);
      if (taken.possiblyDoubled && counts.possiblyDoubled++ === 0) {
        log(
          "This broker sends messages again under new packet identifiers, unmarked, or after it has confirmed their acknowledgement, so nothing tells whether one is new. Such messages are recorded, and counted as possibly doubled.",
        );
      }
      return taken;
    },
    confirmed(positions) {
      redelivery.confirmed(positions, safe());
      timer ??= setTimeout(
        tell,
        Math.max(BATCH_MS, told + APART_MS - performance.now()),
      );
    },
    end() {
      redelivery.end();
      return append();
    },
    close() {
      clearTimeout(timer);
    },
  };
}
