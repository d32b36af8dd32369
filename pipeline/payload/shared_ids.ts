/** A sensor id that came from two topics. */
export interface SharedId {
  /** The id. */
  sensor_id: string;
  /** The first two topics on which it came. */
  topics: readonly [string, string];
}

/** How many ids are remembered, and how many of them are told. */
const MAX_IDS = 10_000;
const MAX_TOLD = 10;

/** How many ids are looked at as long as there is only one topic. */
const FIRST = 1000;

/**
 * Makes a function that takes each id with its topic, and tells once of an id
 * that comes from two topics: in a recording they are one sensor.
 */
export function watchIds(
  tell: (shared: SharedId) => void,
): (sensor_id: string, topic: string) => void {
  const topics = new Map<string, string>();
  const told = new Set<string>();
  let only: string | undefined;
  let looks = 0;
  return (sensor_id, topic) => {
    // Looking up every id costs a twentieth of reading a message. A sensor goes
    // on sending, so it is found when there is a second topic.
    if (only === topic) {
      if (++looks > FIRST) return;
    } else only = only === undefined ? topic : "";
    const first = topics.get(sensor_id);
    if (first === topic) return;
    if (first === undefined) {
      if (topics.size < MAX_IDS) topics.set(sensor_id, topic);
    } else if (told.size < MAX_TOLD && !told.has(sensor_id)) {
      told.add(sensor_id);
      tell({ sensor_id, topics: [first, topic] });
    }
  };
}
