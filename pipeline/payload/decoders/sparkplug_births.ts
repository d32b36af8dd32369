import type { Metric } from "./sparkplug_payload.ts";

/** What a birth says of a metric. */
export interface Born {
  name: string;
  /** Its data type. */
  type?: number;
}

/** The metrics of an edge node or a device, as its birth names them. */
export interface Birth {
  names: Map<string, Born>;
  aliases: Map<bigint, Born>;
  /** The number of the session of an edge node. */
  bdSeq?: bigint;
  /** About how many bytes it takes. */
  size: number;
}

/** How many bytes births may take in all; the oldest are forgotten first. */
const MAX_SIZE = 32 * 1_048_576;

/** What a metric takes besides its name. */
const METRIC_SIZE = 200;

/** The births of edge nodes and devices, by their path (`spBv1.0/GROUP/EDGE`). */
export interface Births {
  get(path: string): Birth | undefined;
  /** Remembers the metrics of a birth in the place of those before. */
  set(path: string, metrics: readonly Metric[]): void;
  /** The paths of an edge node and its devices. */
  below(path: string): string[];
  delete(path: string): void;
}

/** Remembers births, of those last seen as many as there is room for. */
export function rememberBirths(): Births {
  const births = new Map<string, Birth>();
  let size = 0;
  const forget = (path: string) => {
    size -= births.get(path)?.size ?? 0;
    births.delete(path);
  };
  return {
    get: (path) => births.get(path),
    set(path, metrics) {
      forget(path);
      const birth = toBirth(path, metrics);
      births.set(path, birth);
      size += birth.size;
      for (const oldest of births.keys()) {
        if (size <= MAX_SIZE) break;
        forget(oldest);
      }
    },
    below: (path) =>
      births.keys().filter((one) => one === path || one.startsWith(`${path}/`))
        .toArray(),
    delete: forget,
  };
}

function toBirth(path: string, metrics: readonly Metric[]): Birth {
  const birth: Birth = {
    names: new Map(),
    aliases: new Map(),
    size: 2 * path.length + METRIC_SIZE,
  };
  for (const { name, alias, datatype, long_value, int_value } of metrics) {
    if (name === undefined) continue;
    const born = { name, type: datatype };
    birth.names.set(name, born);
    if (alias !== undefined) birth.aliases.set(alias, born);
    if (name === "bdSeq") birth.bdSeq = long_value ?? BigInt(int_value ?? 0);
    birth.size += 2 * name.length + METRIC_SIZE;
  }
  return birth;
}
