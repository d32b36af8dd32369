import type { SensorEvent } from "../event.ts";
import { fileError } from "../recording/file_error.ts";
import type { Ordered } from "../recording/merge_in_order.ts";
import { findPacked } from "../recording/read_bytes.ts";
import { readEvents } from "../recording/read_events.ts";
import type { SelectOptions } from "../recording/select_settings.ts";
import { chooser, scanRecording } from "./scan_recording.ts";
import { boundOpen, sortEvents } from "./sort_events.ts";

/** Recordings that can be merged in order of time. */
export interface InOrder extends AsyncDisposable {
  /** The events of each. */
  ordered: Ordered<SensorEvent>[];
  /** Reports how much is done, with so many rows. */
  report(rows: number): void;
}

/** Which events are read, and what is done on the way. */
export interface InOrderOptions extends SelectOptions {
  /** Where what is not in order is sorted. */
  folder: string;
  /** Takes the events once before they can be merged, file by file. */
  onEvents?: (events: readonly SensorEvent[]) => void;
}

/**
 * Reads recordings once, and sorts those that are not in order of time into a
 * folder, which disposing of the result removes.
 */
export async function openInOrder(
  paths: readonly string[],
  options: InOrderOptions,
): Promise<InOrder> {
  const { onProgress, onFault, onEvents, rules, timestamps } = options;
  const choose = chooser(options);
  let total = 0;
  for (const path of paths) {
    const { size } = await Deno.stat(await findPacked(path)).catch((error) => {
      throw fileError(path, error, "read");
    });
    // Each is read twice.
    total += 2 * size;
  }
  let bytes = 0;
  let rows = 0;
  const report = (count: number) => {
    rows = count;
    onProgress?.(total > 0 ? Math.min(bytes / total, 1) : 1, rows);
  };
  const onBytes = (count: number) => {
    bytes += count;
    report(rows);
  };
  async function* chosen(path: string) {
    for await (
      const batch of readEvents(path, { rules, timestamps, onBytes })
    ) {
      yield choose(batch);
    }
  }
  let folder: string | undefined;
  const sorting = async () =>
    folder ??= await Deno.makeTempDir({
      dir: options.folder,
      prefix: ".weir-export-",
    });
  let ordered: Ordered<SensorEvent>[] = [];
  const remove = async () => {
    if (folder) await Deno.remove(folder, { recursive: true });
  };
  try {
    for (const path of paths) {
      const scan = await scanRecording(path, choose, onEvents, {
        rules,
        timestamps,
        onBytes,
        onFault: (line, text) => onFault?.(path, line, text),
      });
      if (scan.events === 0) continue;
      if (scan.ordered) {
        const { from, to } = scan;
        ordered.push({ from, to, read: () => chosen(path) });
      } else {
        ordered.push(...await sortEvents(chosen(path), await sorting()));
      }
    }
    ordered = await boundOpen(ordered, sorting);
  } catch (error) {
    await remove();
    throw error;
  }
  return { ordered, report, [Symbol.asyncDispose]: remove };
}
