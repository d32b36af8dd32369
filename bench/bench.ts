/**
 * Measures weir, all of it or the parts that are named:
 *
 * - `speed`: side by side with other clients;
 * - `durable`: a durable recording through Mosquitto;
 * - `startup`: how long commands take to start, and what they load.
 *
 *     deno task bench [--messages N] [--runs R] [--part PART ...]
 *
 * It runs with all permissions, for less do not let it read in /proc how much
 * memory the others have; weir is run with no more than it always has.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { benchDurable } from "./durable.ts";
import { benchSpeed } from "./speed.ts";
import { benchStartup } from "./startup.ts";

const PARTS: Record<string, (messages: number, runs: number) => Promise<void>> =
  { speed: benchSpeed, durable: benchDurable, startup: benchStartup };

const { values } = parseArgs({
  args: Deno.args,
  options: {
    messages: { type: "string", default: "1000000" },
    runs: { type: "string", default: "5" },
    part: { type: "string", multiple: true, default: Object.keys(PARTS) },
  },
});
const messages = Number(values.messages);
const runs = Number(values.runs);
if (!(messages >= 1 && runs >= 1)) {
  console.error("--messages and --runs are numbers, at least 1.");
  Deno.exit(2);
}
for (const part of values.part) {
  if (!Object.hasOwn(PARTS, part)) {
    console.error(`--part is ${Object.keys(PARTS).join(", ")}, not ${part}.`);
    Deno.exit(2);
  }
}
for (const part of values.part) {
  console.log(`\n${part}`);
  await PARTS[part](messages, runs);
}
