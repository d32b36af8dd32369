/**
 * Steady load with faults mixed in, for a long time: is memory flat, are file
 * handles, is nothing lost? `deno task soak --minutes 20` (Linux: it reads /proc).
 *
 * @module
 */
import { startMosquitto } from "../helpers/mosquitto.ts";
import { startProxy } from "../helpers/proxy.ts";
import { weir } from "../helpers/weir.ts";
import { createRandom } from "../model/random.ts";
import { readOptions } from "./read_options.ts";

const values = readOptions("soak", {
  minutes: ["20", "How long."],
  rate: ["200", "Messages a second."],
  seed: ["1", "Seed of the random numbers."],
});
const seconds = Number(values.minutes) * 60;
const rate = Number(values.rate);
const random = createRandom(Number(values.seed));
const sleep = (seconds: number) =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

const folder = await Deno.makeTempDir({ prefix: "weir-soak-" });
const file = `${folder}/test.csv`;
await using mosquitto = await startMosquitto({
  config: () => "max_queued_messages 0\nmax_queued_bytes 0",
});
await using proxy = startProxy(mosquitto.port);
await using recording = weir([
  ...["record", "t", file, "--broker", proxy.url, "--quiet"],
  ...["--durable", "soak"],
], { patience: Infinity });
await recording.stderr.match(/^Connected/);

const started = performance.now();
const elapsed = () => (performance.now() - started) / 1000;
let published = 0;
const publishing = (async () => {
  const publisher = new Deno.Command("mosquitto_pub", {
    args: ["-p", `${mosquitto.port}`, "-t", "t", "-l", "-q", "1", "-V", "5"],
    stdin: "piped",
  }).spawn();
  const writer = publisher.stdin.getWriter();
  while (elapsed() < seconds) {
    const due = Math.floor(elapsed() * rate) - published;
    // Every hundredth cannot be read, and becomes a reject.
    const lines = Array.from({ length: due }, (_, n) => {
      const number = published + n;
      return number % 100 === 99 ? `{${number}\n` : `${number}\n`;
    });
    published += due;
    await writer.write(new TextEncoder().encode(lines.join("")));
    await sleep(0.1);
  }
  await writer.close();
  await publisher.status;
})();

/** Memory in MB, and open files. */
const samples: { memory: number; files: number }[] = [];
const sampling = (async () => {
  while (elapsed() < seconds) {
    const status = await Deno.readTextFile(`/proc/${recording.pid}/status`);
    const kB = Number(/VmRSS:\s+(\d+)/.exec(status)![1]);
    const files = [...Deno.readDirSync(`/proc/${recording.pid}/fd`)].length;
    samples.push({ memory: kB / 1024, files });
    await sleep(1);
  }
})();

const faults = { cut: 0, frozen: 0, stopped: 0 };
while (elapsed() < seconds - 15) {
  await sleep(10 + 10 * random());
  const dice = random();
  if (dice < 0.6) {
    faults.cut++;
    proxy.cut();
  } else if (dice < 0.8) {
    faults.frozen++;
    proxy.freeze();
    await sleep(3);
    proxy.thaw();
  } else {
    faults.stopped++;
    recording.kill("SIGSTOP");
    await sleep(3);
    recording.kill("SIGCONT");
  }
}
await Promise.all([publishing, sampling]);
// What is still under way comes within the longest pause between attempts.
for (let tries = 0; tries < 400; tries++) {
  const rows = (await Deno.readTextFile(file)).split("\n").length - 2;
  if (rows >= published - Math.floor(published / 100)) break;
  await sleep(0.1);
}
recording.kill("SIGINT");
const code = await recording.code;

const numbers = (await Deno.readTextFile(file)).split("\r\n").slice(1, -1)
  .map((row) => Number(row.split(",")[3]));
const rejects = (await Deno.readTextFile(`${file}.rejects.jsonl`))
  .trimEnd().split("\n").length;
const distinct = new Set(numbers).size;
const expected = published - Math.floor(published / 100);
const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const quarter = (n: number) =>
  samples.slice(
    Math.floor(samples.length * (n - 1) / 4),
    Math.floor(samples.length * n / 4),
  );
const memory = [1, 2, 3, 4].map((n) =>
  median(quarter(n).map(({ memory }) => memory))
);
const files = [1, 2, 3, 4].map((n) =>
  median(quarter(n).map(({ files }) => files))
);
const fixed = (numbers: number[]) => numbers.map((n) => n.toFixed(0)).join(" ");

console.log(
  `${values.minutes} minutes, ${published} messages at ${rate}/s; ${faults.cut} cuts, ${faults.frozen} freezes, ${faults.stopped} stops`,
);
console.log(
  `rows ${numbers.length} of ${expected}, ${
    numbers.length - distinct
  } doubled; rejects ${rejects} of ${published - expected}; exit code ${code}`,
);
console.log(`memory by quarter, MB: ${fixed(memory)}`);
console.log(`open files by quarter: ${fixed(files)}`);
console.log(recording.stderr.text().trimEnd().split("\n").slice(-2).join("\n"));
const flat = memory[3] <= 1.05 * memory[1] &&
  files[3] <= 1.1 * files[1];
const whole = numbers.length === expected && distinct === expected &&
  rejects === published - expected;
console.log(flat && whole && code === 0 ? "passed" : "FAILED");
await Deno.remove(folder, { recursive: true });
if (!(flat && whole && code === 0)) Deno.exitCode = 1;
