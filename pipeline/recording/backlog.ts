/** Items that wait until they can be written, within bounds. */
export interface Backlog<T> {
  /** Adds what there is room for; returns how many there was none for. */
  add(items: readonly T[]): number;
  /** What waits, in order. */
  items(): readonly T[];
  /** Only these wait any longer. */
  keep(items: readonly T[]): void;
}

/**
 * Makes a backlog for so many items of so many bytes in all. It keeps the
 * oldest: what comes after a full backlog is the caller's to count.
 */
export function createBacklog<T>(
  maxItems: number,
  maxBytes: number,
  size: (item: T) => number,
): Backlog<T> {
  let items: T[] = [];
  let bytes = 0;
  return {
    add(more) {
      for (const [index, item] of more.entries()) {
        const next = size(item);
        if (items.length === maxItems || bytes + next > maxBytes) {
          return more.length - index;
        }
        items.push(item);
        bytes += next;
      }
      return 0;
    },
    items: () => items,
    keep(rest) {
      items = [...rest];
      bytes = items.reduce((sum, item) => sum + size(item), 0);
    },
  };
}
