import { basename, dirname } from "node:path";
import { escape } from "../pipeline/escape.ts";
import { fileError } from "../pipeline/recording/file_error.ts";
import { nameFiles } from "../pipeline/recording/name_files.ts";
import { recorder as createRecorder } from "../pipeline/recording/recorder.ts";
import { isFilePattern } from "../pipeline/recording/rotation/file_pattern.ts";
import { chooseFormat } from "./choose_format.ts";
import type { RunEvent } from "./run_event.ts";
import type { RunRecording } from "./run_recording_types.ts";
import type { RunSettings } from "./run_settings.ts";
import { isPermitted, suggestFile } from "./suggest_file.ts";

/**
 * Makes a recording that is not durable: it can be started, paused, stopped and
 * continued in another file.
 *
 * @throws {WeirError} if the file cannot be opened.
 */
export async function openPlain(
  settings: RunSettings,
  report: (event: RunEvent) => void,
): Promise<RunRecording> {
  const { topics, file, overwrite, connection: { qos } } = settings;
  const { giveUp, maxRejects, maxSize, gzip, raw } = settings;
  const log = (text: string) => report({ kind: "recording", text });
  const format = chooseFormat(settings);
  const bounds = { giveUp, maxRejects, maxSize, gzip };
  const recorder = createRecorder({ log, format, ...bounds });
  let acknowledged = 0;
  /** What names the files now, if that is a pattern. */
  let pattern: string | undefined;
  const namedBy = async (path: string) => {
    const { filesByPattern } = await import(
      "../pipeline/recording/rotation/files_by_pattern.ts"
    );
    return await filesByPattern(path, settings);
  };
  const start = async (path: string, options?: { overwrite?: boolean }) => {
    const named = isFilePattern(path) ? await namedBy(path) : path;
    if (named === path) await warnOfLedger(path, log);
    await recorder.start(named, options);
    pattern = isFilePattern(path) ? path : undefined;
    acknowledged = 0;
    report({ kind: "started", path });
  };
  const isNew = file !== undefined && await isMissing(file);
  if (file !== undefined) await start(file, { overwrite });
  return {
    sink: recorder,
    rejects: recorder.rejects,
    acknowledged: (count) => acknowledged += count,
    snapshot: () => ({
      ...recorder.snapshot(),
      durable: false,
      raw,
      acknowledged: qos > 0 ? acknowledged : undefined,
    }),
    async undo() {
      if (!isNew) return;
      const { size } = await Deno.stat(file).catch(() => ({ size: NaN }));
      if (size === format(file).header.length) await Deno.remove(file);
    },
    byHand: {
      async start(path) {
        if (!await isPermitted(path)) {
          throw fileError(path, new Deno.errors.NotCapable());
        }
        await start(path);
      },
      async stop() {
        await recorder.stop();
        const { path = "", rows, lost, ...files } = recorder.snapshot();
        const named = nameFiles({ ...files, path });
        report({ kind: "stopped", path: named, rows, lost });
      },
      pause() {
        recorder.pause();
        report({ kind: "paused" });
      },
      resume() {
        recorder.resume();
        report({ kind: "resumed" });
      },
      suggestFile: async () =>
        pattern ?? await suggestFile(topics[0], raw ? ".jsonl" : ".csv"),
    },
    // It may have been started after the flow had ended.
    [Symbol.asyncDispose]: recorder.stop,
  };
}

/** Says that a file is a durable recording, by the ledger beside it. */
async function warnOfLedger(
  path: string,
  log: (text: string) => void,
): Promise<void> {
  const ending = `@${encodeURIComponent(basename(path))}.ledger`;
  try {
    for await (const { name } of Deno.readDir(dirname(path))) {
      if (!name.endsWith(ending)) continue;
      const id = escape(decodeURIComponent(name.slice(0, -ending.length)));
      log(
        `Warning: ${path} is the durable recording of ${id}, and this run is not: a message may be missing in it or there twice.`,
      );
    }
  } catch {
    // Opening the file says what is wrong with its folder.
  }
}

async function isMissing(file: string): Promise<boolean> {
  return await Deno.lstat(file).then(() => false, () => true);
}
