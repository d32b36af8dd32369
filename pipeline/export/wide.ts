import { grouped } from "../counted.ts";
import { WeirError } from "../error.ts";
import type { SensorEvent } from "../event.ts";

/** `toFixed()` takes up to 100, and a mean gets two more than this. */
const MAX_DECIMALS = 98;

/** What an interval gives of a sensor. */
export type Aggregated = "mean" | "last" | "min" | "max" | "count";

type Value = SensorEvent["val"];

/** A spreadsheet has 16,384 columns, two of them for the time. */
const MAX_SENSORS = 16_382;

/**
 * Refuses a table of more sensors than a spreadsheet has columns.
 *
 * @throws {WeirError} with the number.
 */
export function checkWidth(sensors: number): void {
  if (sensors <= MAX_SENSORS) return;
  throw new WeirError(
    "ERR_WEIR_ARGUMENT",
    `A column for each of ${
      grouped(sensors)
    } sensors is more than a spreadsheet opens (${grouped(MAX_SENSORS)}).`,
    { facts: { sensors, help: "fewer-sensors" } },
  );
}

/** A row of a wide table: its time, and the value of each column that has one. */
export interface WideRow {
  ts: number;
  values: ReadonlyMap<string, Value>;
}

/** Makes the rows of a wide table from events in order of time. */
export interface Widener {
  /** The rows that are complete. */
  add(events: readonly SensorEvent[]): WideRow[];
  /** The last rows. */
  end(): WideRow[];
  /** How many texts no mean, minimum or maximum was made of. */
  texts(): number;
}

/**
 * A row for each time. A sensor that has two readings of one time gets another
 * row of that time, so none is lost.
 */
export function byTime(): Widener {
  let ts = NaN;
  let values = new Map<string, Value>();
  const end = () => values.size > 0 ? [{ ts, values }] : [];
  return {
    add(events) {
      const rows: WideRow[] = [];
      for (const event of events) {
        if (event.ts !== ts || values.has(event.sensor_id)) {
          rows.push(...end());
          values = new Map();
          ts = event.ts;
        }
        values.set(event.sensor_id, event.val);
      }
      return rows;
    },
    end,
    texts: () => 0,
  };
}

interface Bucket {
  count: number;
  numbers: number;
  sum: number;
  /** The most decimals of its numbers. */
  decimals: number;
  min: number;
  max: number;
  last: Value;
}

/** A row for each interval of so many seconds that has a reading. */
export function byInterval(seconds: number, take: Aggregated): Widener {
  const ms = seconds * 1000;
  let start = NaN;
  let texts = 0;
  let buckets = new Map<string, Bucket>();
  const end = (): WideRow[] => {
    if (buckets.size === 0) return [];
    const values = new Map<string, Value>();
    for (const [id, bucket] of buckets) {
      const value = aggregate(bucket, take);
      if (value !== undefined) values.set(id, value);
    }
    return [{ ts: start / 1000, values }];
  };
  return {
    add(events) {
      const rows: WideRow[] = [];
      for (const { ts, sensor_id, val } of events) {
        const begin = Math.floor(Math.round(ts * 1000) / ms) * ms;
        if (begin !== start) {
          rows.push(...end());
          buckets = new Map();
          start = begin;
        }
        const bucket = buckets.getOrInsertComputed(sensor_id, createBucket);
        bucket.count++;
        bucket.last = val;
        if (typeof val === "number") {
          bucket.numbers++;
          bucket.sum += val;
          if (take === "mean") {
            bucket.decimals = Math.max(bucket.decimals, decimalsOf(val));
          }
          bucket.min = Math.min(bucket.min, val);
          bucket.max = Math.max(bucket.max, val);
        } else if (take !== "last" && take !== "count") texts++;
      }
      return rows;
    },
    end,
    texts: () => texts,
  };
}

const createBucket = (): Bucket => ({
  count: 0,
  numbers: 0,
  sum: 0,
  decimals: 0,
  min: Infinity,
  max: -Infinity,
  last: "",
});

function aggregate(bucket: Bucket, take: Aggregated): Value | undefined {
  if (take === "last" || take === "count") return bucket[take];
  if (bucket.numbers === 0) return undefined;
  return take === "mean" ? meanOf(bucket) : bucket[take];
}

/** The mean, with two decimals more than the numbers: more would be noise. */
function meanOf({ sum, numbers, decimals }: Bucket): number {
  const mean = sum / numbers;
  return decimals > MAX_DECIMALS ? mean : Number(mean.toFixed(decimals + 2));
}

/** How many decimals a number is written with. */
function decimalsOf(number: number): number {
  if (Number.isInteger(number)) return 0;
  const [digits, exponent = "0"] = `${number}`.split("e");
  const [, fraction = ""] = digits.split(".");
  return Math.max(0, fraction.length - Number(exponent));
}
