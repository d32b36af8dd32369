/** A batch has about so many events. */
const BATCH = 4096;

/** What has a time, in seconds since 1970. */
interface Timed {
  ts: number;
}

/** Events in order of time that can be read, and read again. */
export interface Ordered<T extends Timed> {
  /** No event is earlier, in seconds since 1970. */
  from: number;
  /** No event is later. Default: that is unknown. */
  to?: number;
  /** Reads them. */
  read(): AsyncIterable<readonly T[]>;
}

interface Cursor<T> {
  index: number;
  iterator: AsyncIterator<readonly T[]>;
  batch: readonly T[];
  at: number;
}

/**
 * Merges events in order of time. Those of one time stay in the order of their
 * sources. A source is read when its time comes, so a year of daily files needs
 * one open file.
 */
export async function* mergeInOrder<T extends Timed>(
  sources: readonly Ordered<T>[],
): AsyncGenerator<T[]> {
  const pending = sources.map((source, index) => ({ ...source, index }))
    .sort((a, b) => a.from - b.from || a.index - b.index);
  const open: Cursor<T>[] = [];
  const advance = async (cursor: Cursor<T>) => {
    do {
      const { done, value } = await cursor.iterator.next();
      if (done) {
        open.splice(open.indexOf(cursor), 1);
        return;
      }
      cursor.batch = value;
    } while (cursor.batch.length === 0);
    cursor.at = 0;
  };
  let out: T[] = [];
  try {
    for (;;) {
      let first = earliest(open);
      while (
        pending.length > 0 && !(first && timeOf(first) < pending[0].from)
      ) {
        const { index, read } = pending.shift()!;
        const iterator = read()[Symbol.asyncIterator]();
        const cursor: Cursor<T> = { index, iterator, batch: [], at: 0 };
        open.push(cursor);
        await advance(cursor);
        first = earliest(open);
      }
      if (!first) break;
      const other = earliest(open, first);
      const limit = other ? timeOf(other) : Infinity;
      const soon = pending[0]?.from ?? Infinity;
      // Of one time with another, those of the earlier source come first.
      const ties = !other || first.index < other.index;
      const { batch } = first;
      for (; first.at < batch.length; first.at++) {
        const { ts } = batch[first.at];
        if (ts >= soon || ts > limit || ts === limit && !ties) break;
        out.push(batch[first.at]);
      }
      if (first.at >= batch.length) await advance(first);
      if (out.length >= BATCH) {
        yield out;
        out = [];
      }
    }
    if (out.length > 0) yield out;
  } finally {
    for (const { iterator } of open) await iterator.return?.();
  }
}

const timeOf = ({ batch, at }: Cursor<Timed>) => batch[at].ts;

/** The source whose next event is the earliest, leaving out one. */
function earliest<T extends Timed>(
  open: readonly Cursor<T>[],
  but?: Cursor<T>,
): Cursor<T> | undefined {
  let first: Cursor<T> | undefined;
  for (const cursor of open) {
    if (cursor === but) continue;
    const before = first
      ? timeOf(cursor) - timeOf(first) || cursor.index - first.index
      : -1;
    if (before < 0) first = cursor;
  }
  return first;
}
