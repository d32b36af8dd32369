import { basename, dirname, join } from "node:path";
import { type DurableSession, SessionError } from "../mqtt/session.ts";
import { createRedelivery } from "./redelivery.ts";
import { readBrokerUrl } from "../mqtt/broker_url.ts";
import { counted } from "../escape.ts";
import { openFile, type OpenOptions } from "../recording/open_at_end.ts";
import { openLedger } from "./ledger.ts";
import type { Entry } from "./ledger_entry.ts";
import { concat, replay } from "./ledger_state.ts";
import { createPersistence, type Failing } from "./persist.ts";
import { redo } from "./redo.ts";
import { openRejectsAtEnd } from "../recording/rejects_file.ts";
import { HEADER } from "../recording/row_format.ts";
import { openTail, type Tail } from "./tail.ts";
import { createTurns } from "../recording/turns.ts";

/** How a recording is made durable. */
export interface DurableOptions extends Pick<OpenOptions, "log" | "safeCells"> {
  /** The client id; the broker keeps its messages under it. */
  clientId: string;
  /** The broker's URL. */
  url: string;
  /** Seconds after which writing that fails is given up. Default: never. */
  giveUp?: number;
  /** Ends the waiting for a disk that cannot be written. */
  signal?: AbortSignal;
}

/** How far messages have come. */
export interface DurableCounts {
  /** Rows in the recording. */
  written: number;
  /** Rows that are on the disk itself, here or in the ledger. */
  safe: number;
  /** Messages acknowledged to the broker. */
  acknowledged: number;
  /** Rejects that are on the disk itself. */
  rejected: number;
  /** Messages that came again and were left out. */
  redelivered: number;
}

/** Where a durable recording is kept: ledger, rows, rejects. */
export interface DurableStore {
  /** What the source keeps there. */
  session: DurableSession;
  /** Adds rows to what the messages under way have become. */
  addRows(bytes: Uint8Array, rows: number): void;
  /** Adds rejects to what the messages under way have become. */
  addRejects(bytes: Uint8Array, rejects: number): void;
  /** How far messages have come. */
  counts(): DurableCounts;
  /** Why the disk cannot be written now, and when it is tried again. */
  failing(): Failing | undefined;
  /** The size of the recording. */
  bytes(): number;
  /** Takes leave of the files, with a last checkpoint if that can be. */
  close(): Promise<void>;
}

/** A checkpoint is made after so many milliseconds, or so many bytes. */
const CHECKPOINT_MS = 1000;
const CHECKPOINT_BYTES = 8 * 1_048_576;

/**
 * Opens the store of a durable recording: redoes what the ledger says is missing
 * in the recording, and begins a new ledger from there.
 *
 * The order of things, on which it all rests: the ledger is synced before the
 * rows are written and the messages acknowledged, and the rows are synced before
 * the ledger is made anew without them.
 *
 * @throws {WeirError} where a file cannot be opened.
 *
 * @example
 * ```ts
 * import { openDurableStore } from "./durable_store.ts";
 *
 * const path = `${await Deno.makeTempDir()}/test.csv`;
 * const options = { clientId: "bench", url: "mqtt://pi" };
 * const store = await openDurableStore(path, options);
 * if (store.session.safe !== 0) throw store.session.safe;
 * await store.close();
 * ```
 */
export async function openDurableStore(
  path: string,
  options: DurableOptions,
): Promise<DurableStore> {
  const { clientId, url, log = console.error } = options;
  const folder = dirname(path);
  const { hostname, port } = readBrokerUrl(url);
  const [id, host] = [clientId, hostname].map(encodeURIComponent);
  const { ledger, entries } = await openLedger(
    join(folder, `${id}@${host}_${port}.ledger`),
  );
  const before = replay(entries);
  const redelivery = createRedelivery(before.safe);
  before.identities.forEach(redelivery.restore);
  const counts: DurableCounts = {
    written: 0,
    safe: 0,
    acknowledged: 0,
    rejected: 0,
    redelivered: 0,
  };

  let failing: { reason: string; until: number } | undefined;
  const persist = createPersistence({
    ...options,
    log,
    onFailing: (now) =>
      failing = now && {
        reason: now.reason,
        until: performance.now() + now.retry * 1000,
      },
    safe: () =>
      `${counted(counts.safe, "row")} of this recording ${
        counts.safe === 1 ? "is" : "are"
      } safe.`,
  });
  const open = (kind: "csv" | "rejects") =>
    kind === "csv"
      ? openTail(path, {
        log,
        header: HEADER,
        open: (p) => openFile(p, { log }),
      })
      : openTail(`${path}.rejects.jsonl`, {
        log,
        header: "",
        open: openRejectsAtEnd,
      });

  let { safe, topics, sure } = before;
  let rejects: Tail | undefined;
  let csv: Tail;
  let checkpointed = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // What the messages under way have become so far.
  let pending = nothing();

  const checkpoint = async () => {
    clearTimeout(timer);
    timer = undefined;
    const at = (tail: Tail) => ({
      name: basename(tail.path),
      offset: tail.end,
    });
    for (const tail of [csv, rejects]) {
      await tail?.write();
      await tail?.sync();
    }
    await ledger.replace({
      kind: "base",
      safe,
      topics,
      sure,
      csv: at(csv),
      rejects: rejects && at(rejects),
      identities: redelivery.remembered(0, safe),
    });
    csv.checkpoint();
    rejects?.checkpoint();
    checkpointed = performance.now();
  };
  /** Says whether somebody else has changed one of them. */
  const writeTails = async () =>
    [await csv.write(), await rejects?.write()].includes(true);
  const commit = async (position: number) => {
    const batch = pending;
    pending = nothing();
    // Looked at before, too: the batch then goes where the next ones will.
    if (await persist(writeTails)) await persist(checkpoint);
    if (batch.rejects.length > 0 && !rejects) {
      await persist(async () => {
        rejects ??= await open("rejects");
        await checkpoint();
      });
    }
    const entry: Entry = {
      kind: "batch",
      safe: position,
      forgotten: redelivery.forgotten,
      rows: concat(batch.rows),
      rejects: concat(batch.rejects),
      identities: redelivery.remembered(safe, position),
    };
    await persist(() => ledger.append(entry));
    safe = position;
    csv.add(entry.rows);
    rejects?.add(entry.rejects);
    counts.safe += batch.rowCount;
    counts.rejected += batch.rejectCount;
    const changed = await persist(writeTails);
    counts.written += batch.rowCount;

    const kept = csv.end - csv.base +
      (rejects ? rejects.end - rejects.base : 0);
    const late = performance.now() - checkpointed > CHECKPOINT_MS;
    if (changed || late || kept > CHECKPOINT_BYTES) await persist(checkpoint);
    else {
      // Where this fails the next batch tries again, and tells.
      timer ??= setTimeout(
        () => inTurn(checkpoint).catch(() => {}),
        CHECKPOINT_MS,
      );
    }
  };

  /** One thing after the other: the batches', the session's, the timer's. */
  const turn = createTurns();
  let closed = false;
  const inTurn = <T>(what: () => Promise<T>): Promise<T> => {
    // What came too late would open the recording again, and lock it.
    if (closed) {
      return Promise.reject(
        new SessionError("ERR_WEIR_CLOSED", `${path} is closed.`),
      );
    }
    return turn(what);
  };
  const note = (entry: Entry) => persist(() => ledger.append(entry));
  let present = false;
  // Whether the session was sure before the attempt to connect.
  let known = false;
  const session: DurableSession = {
    clientId,
    get safe() {
      return safe;
    },
    connecting: () =>
      inTurn(async () => {
        known = sure;
        if (!sure) return;
        await note({ kind: "connecting" });
        sure = false;
      }),
    connected(found) {
      present = found;
      if (!present) topics = [];
      redelivery.connected(present);
    },
    resume: () =>
      inTurn(async () => {
        if (known || !present) {
          await note({ kind: "session", present });
          sure = true;
        }
        return { topics, sure };
      }),
    subscribed: (now) =>
      inTurn(async () => {
        const { forgotten } = redelivery;
        await note({ kind: "subscribed", topics: now, forgotten });
        topics = now;
        sure = true;
      }),
    take(packet) {
      const taken = redelivery.take(packet);
      if (taken.redelivered) counts.redelivered++;
      return taken;
    },
    endRedelivery() {
      redelivery.end();
      const { forgotten } = redelivery;
      const [rows, rejects, identities] = [concat([]), concat([]), []];
      return inTurn(() =>
        note({ kind: "batch", safe, forgotten, rows, rejects, identities })
      );
    },
    commit: (position) => inTurn(() => commit(position)),
    acknowledged(count) {
      counts.acknowledged += count;
    },
    confirmed: redelivery.forget,
  };

  const closeFiles = () => {
    clearTimeout(timer);
    csv?.close();
    rejects?.close();
    ledger.close();
  };
  try {
    for (const { name, offset, bytes, header } of before.files) {
      const outcome = await redo(join(folder, name), offset, bytes, header);
      if (outcome) log(`${join(folder, name)} was changed since. ${outcome}`);
    }
    csv = await open("csv");
    if (await exists(`${path}.rejects.jsonl`)) rejects = await open("rejects");
    await checkpoint();
  } catch (error) {
    closeFiles();
    throw error;
  }
  return {
    session,
    addRows(bytes, rows) {
      pending.rows.push(bytes);
      pending.rowCount += rows;
    },
    addRejects(bytes, count) {
      pending.rejects.push(bytes);
      pending.rejectCount += count;
    },
    counts: () => ({ ...counts }),
    failing: () =>
      failing && {
        reason: failing.reason,
        retry: Math.max(0, (failing.until - performance.now()) / 1000),
      },
    bytes: () => csv.end,
    async close() {
      if (closed) return;
      // What is not in the recording is in the ledger, and the next start's.
      const checkpointed = inTurn(checkpoint).catch(() => {});
      closed = true;
      await checkpointed;
      closeFiles();
    },
  };
}

function nothing() {
  return {
    rows: [] as Uint8Array[],
    rowCount: 0,
    rejects: [] as Uint8Array[],
    rejectCount: 0,
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
