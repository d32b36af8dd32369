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
  const parts: Ordered<SensorEvent>[] = [];
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
  return parts;
}

/**
 * Merges some of many sources into files in a folder, until few enough are open
 * at a time. They keep their order.
 */
export async function boundOpen(
  sources: Ordered<SensorEvent>[],
  folder: () => Promise<string>,
): Promise<Ordered<SensorEvent>[]> {
  while (mostOpen(sources) > MAX_MERGED) {
    const merged: Ordered<SensorEvent>[] = [];
    for (let at = 0; at < sources.length; at += MAX_MERGED) {
      const some = mergeInOrder(sources.slice(at, at + MAX_MERGED));
      merged.push(await keep(some, await folder()));
    }
    sources = merged;
  }
  return sources;
}

/** How many sources are open at once, at the most, while they are merged. */
function mostOpen(sources: readonly Ordered<SensorEvent>[]): number {
  const ends = sources.map(({ to = Infinity }) => to).sort(byNumber);
  let over = 0;
  let most = 0;
  const starts = sources.map(({ from }) => from).sort(byNumber);
  for (const [begun, start] of starts.entries()) {
    while (ends[over] < start) over++;
    most = Math.max(most, begun + 1 - over);
  }
  return most;
}

const byNumber = (a: number, b: number) => a - b;

/** Writes events that are in order to a file in a folder. */
async function keep(
  batches: Iterable<SensorEvent[]> | AsyncIterable<SensorEvent[]>,
  folder: string,
): Promise<Ordered<SensorEvent>> {
  const path = await Deno.makeTempFile({ dir: folder, suffix: ".jsonl" });
  const { rows } = jsonlFormat();
  let from = Infinity;
  let to = -Infinity;
  using file = await Deno.open(path, { write: true });
  const encoder = new TextEncoder();
  for await (const batch of batches) {
    from = Math.min(from, batch[0].ts);
    to = Math.max(to, batch.at(-1)!.ts);
    for (let at = 0; at < batch.length; at += 4096) {
      const text = rows(batch.slice(at, at + 4096));
      await writeAll(file, encoder.encode(text));
    }
  }
  return { from, to, read: () => readEvents(path) };
}
