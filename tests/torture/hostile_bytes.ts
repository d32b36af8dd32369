import { encode as encodeMsgpack } from "@msgpack/msgpack";
import { encode as encodeCbor } from "cbor2";
import { gzipSync } from "node:zlib";
import type { DecoderName } from "../../pipeline/mod.ts";
import { sparkplugBytes } from "../helpers/sparkplug_bytes.ts";
import type { Random } from "../model/random.ts";
import { hostileName, hostilePayload } from "./hostile.ts";

/** First bytes that announce more than there is, in one format or another. */
const HEADERS = [
  [0xdd, 0x3f, 0xff, 0xff, 0xff],
  [0xdf, 0x3f, 0xff, 0xff, 0xff],
  [0xdb, 0xff, 0xff, 0xff, 0xff],
  [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xba, 0x3f, 0xff, 0xff, 0xff],
  [0x5f],
  [0xc2, 0x5a, 0x00, 0x0f, 0xff, 0xff],
  [0x12, 0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x1b],
];

/** A payload for a decoder: what a device sends, more or less damaged. */
export function hostileBytes(random: Random, decoder: DecoderName): Uint8Array {
  if (random.below(100) === 0) {
    return new Uint8Array(random.below(100_000)).fill(random.below(256));
  }
  const bytes = Uint8Array.from(encode(random, decoder));
  switch (random.below(8)) {
    case 0:
      return bytes.subarray(0, random.below(bytes.length + 1));
    case 1:
    case 2:
      if (bytes.length > 0) {
        bytes[random.below(bytes.length)] = random.below(256);
      }
      return bytes;
    case 3: {
      const at = random.below(bytes.length + 1);
      const header = HEADERS[random.below(HEADERS.length)];
      return Uint8Array.from([
        ...bytes.subarray(0, at),
        ...header,
        ...bytes.subarray(at),
      ]);
    }
    default:
      return bytes;
  }
}

function encode(random: Random, decoder: DecoderName): Uint8Array {
  switch (decoder) {
    case "json":
    case "text":
      return hostilePayload(random);
    case "csv":
      return new TextEncoder().encode(hostileCells(random));
    case "gzip+json":
      return gzipSync(hostilePayload(random));
    case "msgpack":
      return encodeMsgpack(hostileValue(random, 0), { useBigInt64: true });
    case "cbor":
      return encodeCbor(hostileValue(random, 0));
    case "sparkplug":
      return hostileMetrics(random);
  }
}

function hostileValue(random: Random, depth: number): unknown {
  const count = random.below(4);
  switch (random.below(depth > 3 ? 7 : 10)) {
    case 0:
      return [NaN, -Infinity, null, true, 0.1, 1e300][random.below(6)];
    case 1:
      return BigInt.asIntN(64, BigInt(random.below(2 ** 31)) << 40n);
    case 2:
      return new Uint8Array(random.below(9));
    case 3:
      return new Date(random.below(2 ** 31) * 1000);
    case 4:
      return random.below(1000);
    case 5:
      return hostileName(random);
    case 6:
      return "\x1b[2J\ud83d\ude00\r\n\"',=cmd|x";
    case 7:
      return Array.from(
        { length: count },
        () => hostileValue(random, depth + 1),
      );
    default:
      return Object.fromEntries(
        Array.from(
          { length: count },
          () => [safeName(random), hostileValue(random, depth + 1)],
        ),
      );
  }
}

/** MessagePack's encoder takes no `__proto__`. */
function safeName(random: Random): string {
  const name = hostileName(random);
  return name === "__proto__" ? "proto" : name;
}

function hostileCells(random: Random): string {
  const cell = () =>
    ["1", "-1e999", "nan", "", '"a\nb"', '"', "=1+1", " 2 ", "x".repeat(300)][
      random.below(9)
    ];
  const line = () =>
    Array.from({ length: 1 + random.below(4) }, cell).join(",");
  return Array.from({ length: 1 + random.below(3) }, line).join("\r\n");
}

function hostileMetrics(random: Random): Uint8Array {
  const often = <T>(value: T) => random() < 0.5 ? value : undefined;
  const metrics = Array.from({ length: random.below(5) }, () => ({
    name: often(hostileName(random)),
    alias: often(random.below(4)),
    timestamp: often([0, 1, 1795647029507, 2 ** 53][random.below(4)]),
    datatype: often(random.below(40)),
    isNull: random() < 0.1 ? true : undefined,
    int: often(random.below(2 ** 32)),
    long: random() < 0.3 ? "-3" : undefined,
    double: random() < 0.3 ? NaN : undefined,
    bytes: random() < 0.1 ? new Uint8Array(3) : undefined,
  }));
  return sparkplugBytes(metrics, often(1795647029507));
}

/** A topic of Sparkplug B, of few edge nodes and devices. */
export function sparkplugTopic(random: Random): string {
  const kind = ["BIRTH", "DATA", "DATA", "DEATH", "CMD"][random.below(5)];
  const edge = `edge${random.below(2)}`;
  return random() < 0.5
    ? `spBv1.0/g/N${kind}/${edge}`
    : `spBv1.0/g/D${kind}/${edge}/d${random.below(2)}`;
}
