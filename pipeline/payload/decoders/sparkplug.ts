import type { Message } from "../../event.ts";
import { type MakeDecoder, Opaque, Parts, TimedValue } from "../decoder.ts";
import { jsonDecoder } from "../json.ts";
import { Unreadable } from "../outcome.ts";
import { type Births, rememberBirths } from "./sparkplug_births.ts";
import {
  decodePayload,
  type Metric,
  type Payload,
} from "./sparkplug_payload.ts";
import { valueOf } from "./sparkplug_value.ts";

const NAMESPACE = "spBv1.0";

/** A topic, taken apart: `spBv1.0/GROUP/NDATA/EDGE`, `spBv1.0/GROUP/DDATA/EDGE/DEVICE`. */
interface Address {
  /** The topic without its type: births and data are of one sensor. */
  path: string;
  type: "BIRTH" | "DATA" | "DEATH" | "CMD";
}

/**
 * Sparkplug B (Sparkplug 3.0). Metrics have their names and types from births;
 * a death makes gaps of the metrics that are known. Commands are no readings.
 */
export const sparkplugDecoder: MakeDecoder = (options) => {
  const decodeState = jsonDecoder(options);
  const births = rememberBirths();
  return (message, exact) => {
    if (isState(message)) return decodeState(message, exact);
    const { path, type } = addressOf(message.topic);
    if (type === "CMD") return undefined;
    const payload = decodePayload(message.payload);
    if (type === "DEATH") return readDeath(births, path, payload);
    if (type === "BIRTH") {
      // Devices have births of their own after that of their edge node.
      births.below(path).forEach(births.delete);
      births.set(path, payload.metrics);
    }
    return readMetrics(births, path, payload);
  };
};

/** The state of a host application is JSON (Sparkplug 3.0, 6.4.24). */
function isState({ topic }: Message): boolean {
  const [first, second] = topic.split("/", 2);
  return first === "STATE" || first === NAMESPACE && second === "STATE";
}

function addressOf(topic: string): Address {
  const [namespace, group, type = "", ...rest] = topic.split("/");
  const [, level, kind] = /^(N|D)(BIRTH|DATA|DEATH|CMD)$/.exec(type) ?? [];
  if (namespace !== NAMESPACE || rest.length !== (level === "N" ? 1 : 2)) {
    throw new Unreadable(
      `not a topic of Sparkplug B (${NAMESPACE}/GROUP/DDATA/EDGE/DEVICE)`,
    );
  }
  return {
    path: [namespace, group, ...rest].join("/"),
    type: kind as Address["type"],
  };
}

/** A metric may come several times: each time it is a part of its own. */
function readMetrics(
  births: Births,
  path: string,
  { metrics, timestamp }: Payload,
): Parts {
  if (metrics.length === 0) throw new Unreadable("no metric in it");
  const birth = births.get(path);
  const parts: Map<string, unknown>[] = [];
  const times = new Map<string, number>();
  for (const metric of metrics) {
    const { alias } = metric;
    const born = metric.name !== undefined
      ? birth?.names.get(metric.name)
      : alias !== undefined
      ? birth?.aliases.get(alias)
      : undefined;
    const name = metric.name ?? born?.name;
    if (name === undefined) throw new Unreadable(nameless(path, metric));
    const value = valueOf(metric, metric.datatype ?? born?.type);
    const ts = toSeconds(metric.timestamp) ?? toSeconds(timestamp);
    const at = times.get(name) ?? 0;
    times.set(name, at + 1);
    (parts[at] ??= new Map()).set(
      name,
      ts === undefined || value instanceof Opaque
        ? value
        : new TimedValue(value, ts),
    );
  }
  return new Parts(path, parts.map((part) => Object.fromEntries(part)));
}

function nameless(path: string, { alias }: Metric): string {
  return alias === undefined
    ? "a metric without a name and an alias"
    : `alias ${alias} without its birth: none of ${path} has named it`;
}

/** A time in milliseconds; `undefined` is none, or one that cannot be. */
function toSeconds(ms: bigint | undefined): number | undefined {
  return ms !== undefined && ms > 0n && ms < 10n ** 14n
    ? Number(ms) / 1000
    : undefined;
}

/**
 * The metrics of an edge node and its devices, or of a device, have no value any
 * more. A will of an earlier session, which the broker sends late, says nothing of
 * this one (Sparkplug 3.0, 6.4.21).
 */
function readDeath(
  births: Births,
  path: string,
  { metrics }: Payload,
): Parts | undefined {
  const bdSeq = metrics.find(({ name }) => name === "bdSeq");
  const { bdSeq: born } = births.get(path) ?? {};
  const session = bdSeq?.long_value ?? bdSeq?.int_value;
  if (
    born !== undefined && session !== undefined && BigInt(session) !== born
  ) return undefined;
  const parts = births.below(path).map((one) => {
    const names = births.get(one)!.names.keys();
    births.delete(one);
    return Object.fromEntries(names.map((name) => [name, null]));
  });
  const known = parts.filter((part) => Object.keys(part).length > 0);
  return new Parts(path, known);
}
