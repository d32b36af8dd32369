/**
 * Speaks MQTT to weir as a malicious publisher and a malicious broker, and cuts
 * streams of packets at random places:
 * `deno task fuzz --cases 100000 --streams 100000 --seed 1`.
 *
 * @module
 */
import { fuzz } from "./fuzz.ts";
import { readOptions } from "./read_options.ts";

const values = readOptions("fuzz", {
  cases: ["100000", "Malicious publishers and brokers."],
  streams: ["100000", "Streams of packets, cut at random places."],
  seed: [`${Date.now() % 1_000_000}`, "Seed of the random numbers."],
});
console.log(`seed ${values.seed}`);
let peak = 0;
const started = performance.now();
const { cases, events, rejects, ended } = await fuzz(
  Number(values.cases),
  Number(values.seed),
  () => peak = Math.max(peak, Deno.memoryUsage().rss),
);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `${cases} cases in ${seconds} s: no crash; ${events} events, ${rejects} rejects, ${ended} connections ended by a packet; at most ${
    (peak / 1e6).toFixed(0)
  } MB`,
);

// Half of the streams are of MQTT 3, half of MQTT 5.
const { code } = await new Deno.Command(Deno.execPath(), {
  args: [
    ...["test", "-A", "--frozen", "--no-check"],
    new URL("../lane_test.ts", import.meta.url).pathname,
  ],
  env: { WEIR_LANE_STREAMS: `${Math.ceil(Number(values.streams) / 2)}` },
}).spawn().status;
Deno.exitCode = code;
