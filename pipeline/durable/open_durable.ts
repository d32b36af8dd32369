import type { Reject, SensorEvent } from "../event.ts";
import { WeirError } from "../error.ts";
import type { Sink } from "../flow.ts";
import type { DurableSession } from "../mqtt/session.ts";
import { keepingAll } from "../marks.ts";
import {
  type DurableCounts,
  type DurableOptions,
  openDurableStore,
} from "./durable_store.ts";
import type { FilesSummary } from "./row_files.ts";
import type { Failing } from "../recording/retry.ts";
import type { RecordingSummary } from "../recording/open_recording.ts";
import { createSensorCount } from "../recording/sensor_count.ts";

/** A recording in which each message becomes its rows exactly once. */
export interface Durable extends AsyncDisposable {
  /** For `mqtt()`. */
  session: DurableSession;
  /**
   * The sink at the end of the pipe. It collects the rows of a batch; when the
   * source is pulled again, it writes them and acknowledges the batch. For one
   * pipe: a second one is refused.
   */
  collect: Sink<SensorEvent, RecordingSummary>;
  /** Collects the rejects of `parse()`, to be written with the rows. */
  rejects: Sink<Reject>;
  /** How far messages have come. */
  counts(): DurableCounts;
  /** The file that was written last, if there is one, and how many there are. */
  files(): FilesSummary;
  /** The size of the recording's latest file, in bytes. */
  bytes(): number;
  /** Why the disk cannot be written now, and in how many seconds it is tried again. */
  failing(): Failing | undefined;
}

/**
 * Opens a recording in which each message that the broker keeps for a client id
 * becomes its rows exactly once, through crashes, lost connections and loss of
 * power.
 *
 * What a batch became is first put, with the identities of its messages, into a
 * ledger beside the recording, `ID@FILE.ledger`, and synced; then the rows
 * are written and the messages acknowledged. After a crash the ledger says what
 * is missing in the recording, and which messages that come again are known.
 *
 * The batch ends when the flow is pulled again: what a stage in between has kept
 * back is not in it. `pipe()` refuses such stages.
 *
 * @throws {WeirError} if a file cannot be opened, has another header, or is
 * in use by another weir. Its sink throws one in a second pipe: open it again.
 *
 * @example
 * ```ts
 * import { broker, mqtt, openDurable, parse, pipe, publish, stamp, tap } from "../mod.ts";
 *
 * await using local = await broker({ port: 0 });
 * const path = `${await Deno.makeTempDir()}/test.csv`;
 * const options = { clientId: "bench", url: local.url };
 * await using durable = await openDurable(path, options);
 * const stop = new AbortController();
 * const { rows } = await pipe(
 *   mqtt(local.url, "sensor-data", {
 *     session: durable.session,
 *     signal: stop.signal,
 *     onStatus: async ({ state }) => {
 *       if (state !== "connected") return;
 *       await publish(local.url, "sensor-data", ['["lux-1", 624, 284.1312]'], { qos: 1 });
 *     },
 *   }),
 *   parse({ rejects: durable.rejects }),
 *   stamp(),
 *   tap(() => stop.abort()),
 *   durable.collect,
 * );
 * if (rows !== 1 || durable.counts().safe !== 1) throw rows;
 * ```
 */
export async function openDurable(
  path: string,
  options: DurableOptions,
): Promise<Durable> {
  const store = await openDurableStore(path, options);
  const sensors = createSensorCount();

  let used = false;
  const collect: Sink<SensorEvent, RecordingSummary> = async (flow) => {
    // What the pipe before took in and had not committed comes again, and would
    // be left out as known.
    if (used) {
      throw new WeirError(
        "ERR_WEIR_PIPE",
        `The durable recording of ${path} has been in a pipe already. Close it, and open it again with openDurable() for another one.`,
      );
    }
    used = true;
    for await (const events of flow) {
      store.addEvents(events);
      sensors.add(events);
    }
    const rows = store.counts().safe;
    return { ...store.summary(), rows, ...sensors.count() };
  };
  const rejects: Sink<Reject> = async (flow) => {
    for await (const batch of flow) store.addRejects(batch);
  };
  return {
    session: store.session,
    collect: keepingAll(collect),
    rejects,
    counts: store.counts,
    files: store.summary,
    bytes: () => store.summary().bytes,
    failing: store.failing,
    [Symbol.asyncDispose]: store.close,
  };
}
