import type { Random } from "../model/random.ts";
import { remainingLength } from "../helpers/rogue_broker.ts";

const encoder = new TextEncoder();

/** What a malicious publisher may put into JSON. */
const VALUES = [
  "null",
  "1e999",
  "-1e999",
  "1".repeat(400),
  `0.${"3".repeat(400)}`,
  "123456789012345678901234567890",
  "\"=cmd|'/c calc'!A0\"",
  '"@SUM(A1)"',
  '"\\u001b]0;owned\\u0007\\u001b[2J"',
  '"\\u202egnp.exe"',
  '"\\ud800"',
  '"a\\r\\nb"',
  '"\\u0000"',
  '"\\""',
  '"' + "x".repeat(3000) + '"',
  "[]",
  "{}",
  "true",
  "-0",
  "1",
];
const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "sensor_id",
  "ts",
  "val",
  "",
  "a/b",
  "\\u0000",
];

/** A name of a field, in a payload of a malicious publisher. */
export function hostileName(random: Random): string {
  return NAMES[random.below(NAMES.length)];
}

/** A payload of a malicious publisher. */
export function hostilePayload(random: Random): Uint8Array {
  const pick = <T>(all: readonly T[]) => all[random.below(all.length)];
  const value = (depth: number): string => {
    const dice = depth > 3 ? 0 : random();
    if (dice < 0.6) return pick(VALUES);
    const count = random.below(4);
    if (dice < 0.8) {
      return `[${Array.from({ length: count }, () => value(depth + 1))}]`;
    }
    const fields = Array.from(
      { length: count },
      () => `"${pick(NAMES)}":${value(depth + 1)}`,
    );
    return `{${fields}}`;
  };
  switch (random.below(8)) {
    case 0:
      return crypto.getRandomValues(new Uint8Array(random.below(64)));
    case 1: {
      const depth = random.below(100) === 0 ? 100_000 : random.below(100);
      const [open, close] = pick([["[", "]"], ['{"a":', "}"]]);
      return encoder.encode(open.repeat(depth) + "1" + close.repeat(depth));
    }
    case 2:
      return encoder.encode(`["${pick(NAMES)}",${value(9)},${value(9)}]`);
    case 3: {
      // The same key over and over.
      const name = pick(NAMES);
      return encoder.encode(`{"${name}":1,"${name}":2,"${name}":${value(9)}}`);
    }
    case 4: {
      const bytes = encoder.encode(`["lux-${random.below(1e6)}",624,284.1312]`);
      bytes[random.below(bytes.length)] = random.below(256);
      return bytes;
    }
    default:
      return encoder.encode(value(0));
  }
}

/** A packet of a malicious broker, whole or not. */
export function hostilePacket(random: Random): Uint8Array {
  const byte = () => random.below(256);
  const payload = hostilePayload(random).subarray(0, 4000);
  const topic = [
    encoder.encode(`t/${random.below(1000)}`),
    encoder.encode("a\0b"),
    new Uint8Array([0xff, 0xc0, 0x80]),
    new Uint8Array(),
    encoder.encode("#"),
    encoder.encode("\x1b[2J"),
  ][random() < 0.6 ? 0 : random.below(6)];
  const qos = random() < 0.05 ? 3 : random.below(3);
  const alias = random.below(8) === 0 ? [3, 0x23, byte(), byte()] : [0];
  const body = [
    topic.length >> 8,
    topic.length & 0xff,
    ...topic,
    ...(qos > 0 ? [byte(), byte()] : []),
    ...alias,
    ...payload,
  ];
  const first = 0x30 | (qos << 1) | (byte() & 9);
  switch (random.below(12)) {
    case 0: // Another length than it has.
      return Uint8Array.from([
        first,
        ...remainingLength(random.below(2 * body.length + 2)),
        ...body,
      ]);
    case 1: // 256 MB announced.
      return Uint8Array.from([first, 0xff, 0xff, 0xff, 0x7f, ...body]);
    case 2: // A length that never ends (MQTT 5, 1.5.5: at most four bytes).
      return Uint8Array.from([first, 0xff, 0xff, 0xff, 0xff, 0xff, ...body]);
    case 3: // Any packet type, any content.
      return Uint8Array.from([
        byte(),
        ...remainingLength(payload.length),
        ...payload,
      ]);
    case 4: { // One byte is another.
      const bytes = Uint8Array.from([
        first,
        ...remainingLength(body.length),
        ...body,
      ]);
      bytes[random.below(bytes.length)] = byte();
      return bytes;
    }
    default:
      return Uint8Array.from([
        first,
        ...remainingLength(body.length),
        ...body,
      ]);
  }
}
