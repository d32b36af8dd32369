import assert from "node:assert/strict";
import type { IPublishPacket } from "mqtt";
import type { Message } from "../../pipeline/mod.ts";
import { connect } from "../../pipeline/mqtt/connect.ts";
import { toMessage } from "../../pipeline/mqtt/to_message.ts";
import { createOutcome, type Read } from "../../pipeline/payload/outcome.ts";
import { readMessage } from "../../pipeline/payload/read_message.ts";
import { rejectLine } from "../../pipeline/recording/rejects_file.ts";
import { csvFormat } from "../../pipeline/recording/formats/csv.ts";
import { escape, repr } from "../../pipeline/escape.ts";
import { startRogueBroker, write } from "../helpers/rogue_broker.ts";
import { createRandom, type Random } from "../model/random.ts";
import { hostilePacket, hostilePayload } from "./hostile.ts";
import { hostileRules } from "./hostile_rules.ts";

/** What a fuzz came to. */
export interface FuzzResult {
  /** How many packets and payloads were tried. */
  cases: number;
  /** How many events they became, all of them readings. */
  events: number;
  /** How many rejects. */
  rejects: number;
  /** How many connections a packet ended. */
  ended: number;
}

/** So many packets come on a connection, if it lasts. */
const PACKETS = 4;

/**
 * Plays a malicious publisher, half of the time to rules and decoders, and as
 * often a malicious broker.
 */
export async function fuzz(
  cases: number,
  seed: number,
  onCase: (done: number) => void = () => {},
): Promise<FuzzResult> {
  const random = createRandom(seed);
  const result = { cases: 0, events: 0, rejects: 0, ended: 0 };
  const judge = createJudge(result);
  const rules = await hostileRules(random);

  for (; result.cases < cases / 2; result.cases++) {
    const rule = result.cases % 2 === 0
      ? undefined
      : rules[random.below(rules.length)];
    const { topic, payload } = rule?.message(random) ?? {
      topic: `t/${random.below(1000)}`,
      payload: hostilePayload(random),
    };
    judge({
      topic,
      payload,
      time: 1484535480.613,
      qos: 0,
      retain: false,
      dup: false,
    }, rule?.read);
    if (result.cases % 1000 === 0) onCase(result.cases);
  }

  await using broker = startRogueBroker(async (connection) => {
    await write(connection, concat(sequence(random)));
    await connection.closeWrite();
  });
  while (result.cases < cases) {
    const packets: IPublishPacket[] = [];
    const { client, closed } = await connect(broker.url, { version: 5 }, {
      onMessage(packet, resume) {
        packets.push(packet);
        resume();
      },
    });
    // What the rogue broker takes as its cue.
    client.subscribe("t", { qos: 1 });
    const error = await closed;
    if (!/closed the connection/.test(error.message)) result.ended++;
    for (const packet of packets) judge(toMessage(packet, 1484535480.613));
    result.cases += PACKETS;
    if (result.cases % 1000 < PACKETS) onCase(result.cases);
  }
  return result;
}

function sequence(random: Random): Uint8Array[] {
  return Array.from({ length: PACKETS }, () => hostilePacket(random));
}

/** A row, whole, and nothing else. */
const ROW =
  /^-?\d+\.\d{3},[^",\r\n]*,(?:[^",\r\n]*|"(?:[^"]|"")*"),(?:[^",\r\n]*|"(?:[^"]|"")*")\r\n$/;

// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;

/** An error of weir's own or of a library, and not what is wrong with a payload. */
const MISHAP =
  /Cannot read|is not a function|not iterable|not defined|call stack/;

/** Looks at what becomes of a message. */
function createJudge(
  result: FuzzResult,
): (message: Message, read?: Read) => void {
  const { rows } = csvFormat();
  return (message, read = readMessage) => {
    const outcome = createOutcome();
    read(message, outcome);
    const { events, rejects } = outcome;
    for (const event of events) {
      const { sensor_id, ts, val } = event;
      assert.equal(typeof sensor_id, "string");
      assert.ok(Number.isFinite(ts));
      assert.ok(typeof val === "number" ? Number.isFinite(val) : val !== null);
      assert.match(rows([event]), ROW);
      assert.doesNotMatch(repr(sensor_id) + repr(`${val}`), CONTROL);
    }
    for (const reject of rejects) {
      assert.doesNotMatch(reject.reason, MISHAP);
      const line = rejectLine(reject);
      assert.equal(line.indexOf("\n"), line.length - 1);
      assert.doesNotMatch(escape(reject.topic + reject.reason), CONTROL);
    }
    result.events += events.length;
    result.rejects += rejects.length;
  };
}

function concat(parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}
