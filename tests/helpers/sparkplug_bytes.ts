import { Buffer } from "node:buffer";
import protobuf from "protobufjs";

/** A metric, by the numbers of its fields (Sparkplug 3.0, 6.4.6). */
export interface SparkplugMetric {
  name?: string;
  alias?: number;
  timestamp?: number;
  datatype?: number;
  isNull?: boolean;
  int?: number;
  long?: string;
  float?: number;
  double?: number;
  boolean?: boolean;
  string?: string;
  bytes?: Uint8Array;
  dataset?: Uint8Array;
}

/** A payload of Sparkplug B, written field by field and not with weir's schema. */
export function sparkplugBytes(
  metrics: SparkplugMetric[],
  timestamp?: number,
): Uint8Array {
  const payload = protobuf.Writer.create();
  if (timestamp !== undefined) payload.uint32(1 << 3).uint64(timestamp);
  for (const metric of metrics) {
    payload.uint32(2 << 3 | 2).bytes(metricBytes(metric));
  }
  payload.uint32(3 << 3).uint64(7);
  return Buffer.from(payload.finish());
}

function metricBytes(metric: SparkplugMetric): Uint8Array {
  const writer = protobuf.Writer.create();
  const field = <T>(
    id: number,
    wire: number,
    value: T | undefined,
    write: (value: T) => void,
  ) => {
    if (value === undefined) return;
    writer.uint32(id << 3 | wire);
    write(value);
  };
  field(1, 2, metric.name, (value) => writer.string(value));
  field(2, 0, metric.alias, (value) => writer.uint64(value));
  field(3, 0, metric.timestamp, (value) => writer.uint64(value));
  field(4, 0, metric.datatype, (value) => writer.uint32(value));
  field(7, 0, metric.isNull, (value) => writer.bool(value));
  // A property set, which is no reading.
  field(9, 2, metric.name, (value) => writer.string(value));
  field(10, 0, metric.int, (value) => writer.uint32(value));
  field(11, 0, metric.long, (value) => writer.uint64(value));
  field(12, 5, metric.float, (value) => writer.float(value));
  field(13, 1, metric.double, (value) => writer.double(value));
  field(14, 0, metric.boolean, (value) => writer.bool(value));
  field(15, 2, metric.string, (value) => writer.string(value));
  field(16, 2, metric.bytes, (value) => writer.bytes(value));
  field(17, 2, metric.dataset, (value) => writer.bytes(value));
  return writer.finish();
}
