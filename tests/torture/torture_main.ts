/**
 * Kills weir and cuts its connections while numbered messages flow, and counts
 * them after that: `deno task torture --times 200 --messages 20000 --seed 1`.
 *
 * @module
 */
import { faultOf, runModel } from "../model/run_model.ts";
import { readOptions } from "./read_options.ts";
import { type Fault, torture } from "./torture.ts";

const values = readOptions("torture", {
  times: ["200", "Faults of each kind."],
  messages: ["20000", "Messages published meanwhile, for each kind."],
  fault: ["kill,rotate,cut,both,broker,crash", "Kinds of faults."],
  mqtt: ["5", "The MQTT version: 5 or 3."],
  model: ["500", "Runs of the model before that, 120 faults each."],
  seed: [`${Date.now() % 1_000_000}`, "Seed of the random numbers."],
});
const [all, messages, seed, runs] = [
  values.times,
  values.messages,
  values.seed,
  values.model,
].map(Number);
let failed = false;

function progress(what: string, done: number, of: number) {
  if (!Deno.stderr.isTerminal()) return;
  const width = 40;
  const full = Math.round(width * done / of);
  const bar = "█".repeat(full) + "░".repeat(width - full);
  const end = done === of ? "\r\x1b[K" : "";
  const text = `\r${what} ${bar} ${done}/${of}${end}`;
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

console.log(`seed ${seed}`);
const total = { published: 0, lost: 0, doubled: 0, said: 0 };
for (let run = 0; run < runs; run++) {
  const result = await runModel(seed + run, 120);
  total.published += result.published;
  total.lost += result.missing.length;
  total.doubled += result.doubled.length;
  total.said += result.possiblyDoubled;
  const fault = faultOf(result);
  if (fault) console.log(`model, seed ${seed + run}: ${fault}`);
  failed ||= fault !== undefined;
  progress("model", run + 1, runs);
}
console.log(
  `model: ${runs} runs of 120 faults, ${total.published} messages: ${total.lost} lost, ` +
    `${total.doubled} doubled, ${total.said} said to be possibly doubled`,
);

for (const fault of values.fault.split(",").filter(Boolean)) {
  const started = performance.now();
  // weir waits longer and longer for a broker that goes down again and again.
  const times = fault === "crash" ? Math.min(20, all) : all;
  const { missing, doubled, broken, redelivered } = await torture({
    fault: fault as Fault,
    times,
    messages,
    seed,
    version: values.mqtt as "3" | "5",
    onFault: (done) => progress(fault, done, times),
  });
  failed ||= missing.length + doubled.length + broken.length > 0;
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `${fault}: ${times} times in ${seconds} s, ${messages} messages (MQTT ${values.mqtt}): ` +
      `${missing.length} lost, ${doubled.length} doubled, ${broken.length} broken lines` +
      (redelivered ? `, ${redelivered} left out by the last run` : ""),
  );
}
Deno.exit(failed ? 1 : 0);
