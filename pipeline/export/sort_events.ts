import type { SensorEvent } from "../event.ts";
import { mergeInOrder, type Ordered } from "../recording/merge_in_order.ts";
import { readEvents } from "../recording/read_events.ts";
import { jsonlFormat } from "../recording/formats/jsonl.ts";
import { writeAll } from "../write_all.ts";

/** So many events are sorted in memory. */
const MAX_SORTED = 200_000;

/** So many sorted files are merged at once. */
const MAX_MERGED = 64;

/**
 * Sorts events by time in bounded memory: parts of them go to files in a
 * folder, to be merged. Events of one time stay in their order.
 */
export async function sortEvents(
  flow: AsyncIterable<readonly SensorEvent[]>,
  folder: string,
): Promise<Ordered<SensorEvent>[]> {
  let parts: Ordered<SensorEvent>[] = [];
  let buffer: SensorEvent[] = [];
  const flush = async () => {
    buffer.sort((a, b) => a.ts - b.ts);
    if (buffer.length > 0) parts.push(await keep([buffer], folder));
    buffer = [];
  };
  for await (const batch of flow) {
    buffer.push(...batch);
    if (buffer.length >= MAX_SORTED) await flush();
  }
  await flush();
  while (parts.length > MAX_MERGED) {
    const merged = await keep(mergeInOrder(parts.slice(0, MAX_MERGED)), folder);
    parts = [merged, ...parts.slice(MAX_MERGED)];
  }
  return parts;
}

/** Writes events that are in order to a file in a folder. */
async function keep(
  batches: Iterable<SensorEvent[]> | AsyncIterable<SensorEvent[]>,
  folder: string,
): Promise<Ordered<SensorEvent>> {
  const path = await Deno.makeTempFile({ dir: folder, suffix: ".jsonl" });
  const { rows } = jsonlFormat();
  let from = Infinity;
  using file = await Deno.open(path, { write: true });
  const encoder = new TextEncoder();
  for await (const batch of batches) {
    from = Math.min(from, batch[0].ts);
    for (let at = 0; at < batch.length; at += 4096) {
      const text = rows(batch.slice(at, at + 4096));
      await writeAll(file, encoder.encode(text));
    }
  }
  return { from, read: () => readEvents(path) };
}
