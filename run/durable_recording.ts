import type { RecordingSummary, Reject, SensorEvent } from "../pipeline/mod.ts";
import { openDurable } from "../pipeline/durable/open_durable.ts";
import { reasonOf } from "../pipeline/error.ts";
import { keepingAll } from "../pipeline/marks.ts";
import {
  fixedPath,
  isFilePattern,
} from "../pipeline/recording/rotation/file_pattern.ts";
import { filesByPattern } from "../pipeline/recording/rotation/files_by_pattern.ts";
import { tap } from "../pipeline/stages/tap.ts";
import { chooseFormat } from "./choose_format.ts";
import type { RunEvent } from "./run_event.ts";
import type { RunRecording } from "./run_recording_types.ts";
import type { RunSettings } from "./run_settings.ts";

/** What a member of a group should know. */
const SHARED =
  "The topic is shared: each message goes to one recorder of the group, and waits for that one if it is away. The broker may send it to another one as well (MQTT 5, 4.8.2): then two recordings have it.";

/** What a person should know whose sensors ask the broker for nothing. */
const NOT_KEPT =
  "A message came at QoS 0. Most brokers do not keep such messages while this recording is away. Publish at QoS 1 to lose none.";

/**
 * Opens a durable recording: it runs from the start of the run to its end. Its
 * numbers are those of this run.
 *
 * @throws {WeirError} if a file cannot be opened, or is in use.
 */
export async function openDurably(
  file: string,
  clientId: string,
  settings: RunSettings,
  report: (event: RunEvent) => void,
): Promise<RunRecording> {
  const log = (text: string) => report({ kind: "recording", text });
  const {
    connection: { url, urls = [url] },
    giveUp,
    maxRejects,
    signal,
  } = settings;
  const format = chooseFormat(settings);
  const { maxSize, gzip } = settings;
  const bounds = { giveUp, maxRejects, maxSize, gzip, signal };
  const pathOf = isFilePattern(file)
    ? await filesByPattern(file, settings)
    : undefined;
  const base = pathOf ? fixedPath(file) : file;
  const options = { clientId, url: urls, format, pathOf, log, ...bounds };
  const durable = await openDurable(base, options);
  report({ kind: "started", path: file, durable: clientId });
  if (settings.topics.some((topic) => topic.startsWith("$share/"))) log(SHARED);
  const started = performance.now();
  let ended: number | undefined;
  let gaveUp: string | undefined;
  let lastReject: string | undefined;
  let summary: RecordingSummary | undefined;
  let toldNotKept = false;
  const noticeNotKept = tap(({ qos, retain }: SensorEvent) => {
    if (toldNotKept || qos !== 0 || retain) return;
    toldNotKept = true;
    log(NOT_KEPT);
  });
  const sink: RunRecording["sink"] = async (flow) => {
    try {
      return summary = await durable.collect(noticeNotKept(flow));
    } catch (error) {
      gaveUp = reasonOf(error as Error);
      throw error;
    } finally {
      ended = performance.now();
    }
  };
  return {
    sink: keepingAll(sink),
    base,
    rejects: (flow) =>
      durable.rejects(
        tap((reject: Reject) => {
          lastReject = reject.reason;
        })(flow),
      ),
    session: durable.session,
    // The session counts them itself.
    acknowledged: () => {},
    snapshot() {
      const { written, safe, ...messages } = durable.counts();
      const files = durable.files();
      const failing = ended === undefined ? durable.failing() : undefined;
      return {
        state: ended !== undefined
          ? "stopped"
          : failing
          ? "error"
          : "recording",
        reason: failing?.reason ?? gaveUp,
        retry: failing?.retry,
        ...files,
        path: files.path || file,
        rows: written,
        synced: safe,
        sensors: summary?.sensors,
        moreSensors: summary?.moreSensors ?? false,
        waiting: 0,
        lost: 0,
        passed: 0,
        lastReject,
        elapsed: ((ended ?? performance.now()) - started) / 1000,
        durable: true,
        raw: settings.raw,
        ...messages,
      };
    },
    [Symbol.asyncDispose]: () => durable[Symbol.asyncDispose](),
  };
}
