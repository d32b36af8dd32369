import protobuf from "protobufjs/light.js";
import { Unreadable } from "../outcome.ts";

/** A metric of a payload, as Sparkplug 3.0, 6.4.6 defines it. */
export interface Metric {
  name?: string;
  alias?: bigint;
  timestamp?: bigint;
  datatype?: number;
  is_null?: boolean;
  int_value?: number;
  long_value?: bigint;
  float_value?: number;
  double_value?: number;
  boolean_value?: boolean;
  string_value?: string;
  bytes_value?: Uint8Array;
  dataset_value?: Uint8Array;
  template_value?: Uint8Array;
  extension_value?: Uint8Array;
}

/** A payload, as Sparkplug 3.0, 6.4.4 defines it. */
export interface Payload {
  timestamp?: bigint;
  metrics: Metric[];
}

/** The fields that are read; others are skipped. What is no value stays bytes. */
const PAYLOAD = protobuf.Root.fromJSON({
  nested: {
    Payload: {
      edition: "2023",
      fields: {
        timestamp: { type: "uint64", id: 1 },
        metrics: { rule: "repeated", type: "Metric", id: 2 },
      },
    },
    Metric: {
      // With this edition a 0 is not the same as nothing.
      edition: "2023",
      fields: {
        name: { type: "string", id: 1 },
        alias: { type: "uint64", id: 2 },
        timestamp: { type: "uint64", id: 3 },
        datatype: { type: "uint32", id: 4 },
        is_null: { type: "bool", id: 7 },
        int_value: { type: "uint32", id: 10 },
        long_value: { type: "uint64", id: 11 },
        float_value: { type: "float", id: 12 },
        double_value: { type: "double", id: 13 },
        boolean_value: { type: "bool", id: 14 },
        string_value: { type: "string", id: 15 },
        bytes_value: { type: "bytes", id: 16 },
        dataset_value: { type: "bytes", id: 17 },
        template_value: { type: "bytes", id: 18 },
        extension_value: { type: "bytes", id: 19 },
      },
    },
  },
}).lookupType("Payload");

/** How many metrics a payload may have: each is a reading, or a gap. */
const MAX_METRICS = 1000;

/**
 * Decodes a payload of Sparkplug B.
 *
 * @throws {Unreadable} if it is none.
 */
export function decodePayload(bytes: Uint8Array): Payload {
  let payload: Payload;
  try {
    payload = PAYLOAD.toObject(PAYLOAD.decode(bytes), {
      arrays: true,
      longs: BigInt,
    }) as Payload;
  } catch (error) {
    throw new Unreadable(`not Sparkplug B: ${(error as Error).message}`);
  }
  const { length } = payload.metrics;
  if (length > MAX_METRICS) {
    throw new Unreadable(
      `${length} metrics in one message, over ${MAX_METRICS}`,
    );
  }
  return payload;
}
