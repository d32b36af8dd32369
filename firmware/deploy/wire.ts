/** What is said to a board, and what it says, byte by byte. */
import { Buffer } from "node:buffer";
import { WeirError } from "../../pipeline/error.ts";
import type { Transport } from "./transport.ts";

/**
 * Both ways to a board. What comes is matched as text in which each character is one byte, since a protocol's numbers are
 * no UTF-8; what is resolved with is decoded with {@linkcode decode}.
 */
export interface Wire {
  /** What a person calls the port. */
  name: string;
  /**
   * Sends bytes, all at once.
   *
   * @throws {WeirError} where the connection is gone.
   */
  send(bytes: Uint8Array): Promise<void>;
  /** Resolves with what came up to the end of a match, which is then forgotten; with undefined after `ms`. */
  hear(pattern: RegExp, ms: number): Promise<string | undefined>;
  /** Resolves with all that came, and forgets it. */
  drain(): string;
  /** Whether the other side has closed the connection. */
  readonly ended: boolean;
  /** What to throw then. */
  gone(): WeirError;
}

/** Bytes of UTF-8, each of them a character so far, as text. */
export function decode(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString();
}

/** Listens to a board from now on. */
export function listen(transport: Transport): Wire {
  let heard = "";
  let ended = false;
  let wake = () => {};
  (async () => {
    for await (const bytes of transport.readable) {
      heard += Buffer.from(bytes).toString("latin1");
      wake();
    }
  })().catch(() => {}).finally(() => {
    ended = true;
    wake();
  });
  const gone = () =>
    new WeirError(
      "ERR_WEIR_PORT",
      `The connection to ${transport.name} is gone. Was the board unplugged? Run the command again: what is done is kept.`,
    );
  return {
    name: transport.name,
    gone,
    get ended() {
      return ended;
    },
    async send(bytes) {
      try {
        if (!ended) await transport.write(bytes);
      } catch {
        ended = true;
      }
      if (ended) throw gone();
    },
    async hear(pattern, ms) {
      const late = performance.now() + ms;
      for (;;) {
        const match = pattern.exec(heard);
        if (match) {
          const end = match.index + match[0].length;
          const text = heard.slice(0, end);
          heard = heard.slice(end);
          return text;
        }
        const left = late - performance.now();
        if (left <= 0 || ended) return undefined;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    drain() {
      const text = heard;
      heard = "";
      return text;
    },
  };
}
