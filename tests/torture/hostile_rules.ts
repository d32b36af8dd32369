import assert from "node:assert/strict";
import {
  checkRule,
  DECODER_NAMES,
  type DecoderName,
  type Message,
  type Rule,
  WeirError,
} from "../../pipeline/mod.ts";
import { loadReader } from "../../pipeline/payload/load_reader.ts";
import type { Read } from "../../pipeline/payload/outcome.ts";
import type { Random } from "../model/random.ts";
import { hostileName } from "./hostile.ts";
import { hostileBytes, sparkplugTopic } from "./hostile_bytes.ts";

/** A rule, what reads by it, and messages that it is to stand. */
export interface TriedRule {
  read: Read;
  message(random: Random): Pick<Message, "topic" | "payload">;
}

/** So many rules of each decoder are tried. */
const RULES = 12;

/** Makes rules of all decoders; those that are wrong must be said to be. */
export async function hostileRules(random: Random): Promise<TriedRule[]> {
  const tried: TriedRule[] = [];
  for (const decode of DECODER_NAMES) {
    for (let count = 0; count < RULES;) {
      const rule = count === 0 ? { decode } : hostileRule(random, decode);
      try {
        checkRule(rule);
      } catch (error) {
        assert.ok(error instanceof WeirError, `${error}`);
        continue;
      }
      count++;
      tried.push({
        read: await loadReader({ rules: [rule] })(),
        message: (random) => ({
          topic: decode === "sparkplug" && random() < 0.95
            ? sparkplugTopic(random)
            : `t/${random.below(1000)}`,
          payload: hostileBytes(random, decode),
        }),
      });
    }
  }
  return tried;
}

/** A rule, which may be wrong. */
function hostileRule(random: Random, decode: DecoderName): Rule {
  const often = <T>(value: T) => random() < 0.4 ? value : undefined;
  const field = () =>
    [hostileName(random), "sensor_id", "0", "a/b", "**", "*"][random.below(6)];
  const template = [
    `{${field()}}`,
    `{topic[${random.below(9)}]}/{sensor_id}`,
    `{topic}-{${field()}}`,
    "{",
    "{}",
    "",
    "plain",
    "{constructor}",
  ][random.below(8)];
  return {
    decode,
    time: often(field()),
    id: often(template),
    fields: often([field(), field()]),
    value: often(field()),
    each: random() < 0.2 ? field() : undefined,
    text: often(false),
    columns: decode === "csv" ? often([field(), field()]) : undefined,
  };
}
