import type { Explained, Message, Rule, Stage } from "../pipeline/mod.ts";
import { explain } from "../pipeline/explain.ts";
import { pipe } from "../pipeline/pipe.ts";
import type { MessagesSnapshot } from "./run_snapshot.ts";

/** The messages of a run, for as long as somebody looks at them. */
export interface WatchedMessages {
  /** Lets messages by, and keeps the last ones if somebody looks. */
  stage: Stage<Message, Message>;
  /** Keeps messages until it is disposed of. */
  watch(): Disposable;
  /** What there is; nothing if nobody looks. */
  snapshot(): MessagesSnapshot | undefined;
}

/** How many messages are kept. */
const KEPT = 1000;

/** How much of the payload of each, in bytes: at most 32 MB in all. */
const MAX_PAYLOAD = 32_768;

/** Keeps the last messages while somebody looks: it drops, and counts. */
export function watchMessages(): WatchedMessages {
  let watching = 0;
  let list: Message[] = [];
  let seen = 0;
  let current: MessagesSnapshot | undefined;

  const keep = (batch: readonly Message[]) => {
    seen += batch.length;
    current = undefined;
    for (const message of batch.slice(-KEPT)) {
      const { payload, bytes = payload.length } = message;
      // A copy: the payload is a part of a larger buffer.
      const start = payload.slice(0, MAX_PAYLOAD);
      list.push(
        start.length < bytes
          ? { ...message, payload: start, bytes }
          : { ...message, payload: start },
      );
    }
    if (list.length > 2 * KEPT) list = list.slice(-KEPT);
  };
  return {
    async *stage(flow) {
      for await (const batch of flow) {
        if (watching > 0) keep(batch);
        yield batch;
      }
    },
    watch() {
      watching++;
      let over = false;
      return {
        [Symbol.dispose]() {
          if (over) return;
          over = true;
          watching--;
          if (watching > 0) return;
          list = [];
          seen = 0;
          current = undefined;
        },
      };
    },
    snapshot: () =>
      watching === 0
        ? undefined
        : current ??= { list: list.slice(-KEPT), seen },
  };
}

/** Says what one message becomes, by the rules of a run. */
export async function explainMessage(
  message: Message,
  options: { rules?: Rule[]; maxPayload?: number },
): Promise<Explained> {
  async function* source() {
    yield [message];
  }
  const [[explained]] = await Array.fromAsync(pipe(source(), explain(options)));
  return explained;
}
