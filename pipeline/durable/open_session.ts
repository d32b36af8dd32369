import { WeirError } from "../error.ts";
import type { Reject } from "../event.ts";
import type { Sink } from "../flow.ts";
import { keepingAll } from "../marks.ts";
import type { DurableSession } from "../mqtt/session.ts";
import type { Failing } from "../recording/retry.ts";
import type { SessionCounts, SessionOptions } from "./session_options.ts";
import { openSessionStore } from "./session_store.ts";

/** Options of {@linkcode openSession}. */
export interface OpenSessionOptions extends SessionOptions {
  /**
   * The last position that the sink has committed, from its own storage.
   * Messages up to it are left out if they come again. Default: what the
   * session knows, and then a message may come twice after a crash.
   */
  committed?: number;
}

/** What the messages of one batch have become. */
export interface SessionBatch<T> {
  /** What reached {@linkcode Session.collect}, in order. */
  items: readonly T[];
  /** What reached {@linkcode Session.rejects}, in order. */
  rejects: readonly Reject[];
  /** The position of the last message: store it with the rest. */
  position: number;
}

/** A session beside a sink of your own, for `mqtt()`. */
export interface Session extends DurableSession, AsyncDisposable {
  /**
   * Makes the sink at the end of the pipe. It collects what each batch becomes.
   * When the source is pulled again, `commit` is called with all of it, also if
   * that is nothing; then the messages are acknowledged.
   *
   * @throws {WeirError} from `pipe()`, if a stage keeps items back or ends the
   * flow.
   */
  collect<T>(
    commit: (batch: SessionBatch<T>) => void | Promise<void>,
  ): Sink<T>;
  /** Collects the rejects of `parse()`, for `commit`. */
  rejects: Sink<Reject>;
  /** How far messages have come. */
  counts(): SessionCounts;
  /** Why the ledger cannot be written now, and when the next attempt is. */
  failing(): Failing | undefined;
}

/**
 * Opens a session that outlives the process, beside a sink of your own: a
 * database, a web service. The broker keeps what comes while the script is away.
 * The session is kept in a ledger, `ID@FILE.ledger` beside `path`.
 *
 * - **At least once**, with any sink that has stored a batch when it pulls the
 *   next one: after a crash, messages of the last batch may come again.
 * - **Exactly once**, with a sink made by {@linkcode Session.collect} that stores
 *   the position in the same transaction, and gives the last one as `committed`
 *   at the next start.
 *
 * A session is for one flow. The ledger and the storage belong together: remove
 * both or none.
 *
 * @throws {WeirError} if the ledger cannot be opened, belongs to a
 * recording, or is in use by another weir.
 *
 * @example
 * ```ts
 * import { broker, mqtt, openSession, parse, pipe, publish, type SensorEvent } from "../mod.ts";
 *
 * await using local = await broker({ port: 0 });
 * const path = `${await Deno.makeTempDir()}/storage`;
 * const storage = { values: [] as SensorEvent["val"][], position: 0 };
 * await using session = await openSession(path, {
 *   clientId: "storage",
 *   url: local.url,
 *   committed: storage.position,
 * });
 * const stop = new AbortController();
 * await pipe(
 *   mqtt(local.url, "lab", {
 *     session,
 *     signal: stop.signal,
 *     onStatus: async ({ state }) => {
 *       if (state !== "connected") return;
 *       await publish(local.url, "lab", ["21.5"], { qos: 1 });
 *     },
 *   }),
 *   parse({ rejects: session.rejects }),
 *   session.collect<SensorEvent>(({ items, position }) => {
 *     // Both in one transaction.
 *     storage.values.push(...items.map(({ val }) => val));
 *     storage.position = position;
 *     stop.abort();
 *   }),
 * );
 * if (storage.values.join() !== "21.5" || storage.position !== 1) throw storage;
 * ```
 */
export async function openSession(
  path: string,
  options: OpenSessionOptions,
): Promise<Session> {
  type Commit = (batch: SessionBatch<unknown>) => void | Promise<void>;
  let committer: Commit | undefined;
  let items: unknown[] = [];
  let rejects: Reject[] = [];
  const store = await openSessionStore(
    path,
    {
      ...options,
      safe: () => ({ text: "What is committed is safe.", facts: {} }),
    },
    async (position) => {
      const batch = { items, rejects, position };
      [items, rejects] = [[], []];
      await committer?.(batch);
      await store.inTurn(() => {
        store.advance(position);
        return store.checkpointSoon(false);
      });
    },
  );
  return {
    ...store.session,
    collect<T>(commit: (batch: SessionBatch<T>) => void | Promise<void>) {
      committer = commit as Commit;
      return keepingAll<Sink<T>>(async (flow) => {
        for await (const batch of flow) {
          for (const item of batch) items.push(item);
        }
      });
    },
    async rejects(flow) {
      if (!committer) {
        throw new WeirError(
          "ERR_WEIR_PIPE",
          "The rejects of a session are collected for collect(), which is not in use. Give parse() another sink for them.",
        );
      }
      for await (const batch of flow) {
        for (const reject of batch) rejects.push(reject);
      }
    },
    counts: () => ({ ...store.counts }),
    failing: store.failing,
    [Symbol.asyncDispose]: store.close,
  };
}
