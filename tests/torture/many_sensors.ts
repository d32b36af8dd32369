/**
 * Records events of a million sensors to the file named, with the live view.
 * Run with little memory it shows that none is kept for each.
 *
 * @module
 */
import {
  csv,
  live,
  type Message,
  parse,
  pipe,
  stamp,
  tee,
} from "../../pipeline/mod.ts";

const payload = new TextEncoder().encode("1");

async function* source(): AsyncGenerator<Message[]> {
  for (let from = 0; from < 1_000_000; from += 2000) {
    yield Array.from({ length: 2000 }, (_, n) => ({
      topic: `sensors/${from + n}`,
      payload,
      time: 1484535480.613,
      qos: 0 as const,
      retain: false,
      dup: false,
    }));
  }
}
const { rows, moreSensors } = await pipe(
  source(),
  parse(),
  stamp(),
  tee(live()),
  csv(Deno.args[0]),
);
console.log(rows, moreSensors);
