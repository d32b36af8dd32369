/**
 * Virtual boards on which things go wrong, and a recording of them: is every sample that a sensor gave in the CSV, or
 * counted? `deno task chaos --boards 50 --minutes 10`
 *
 * @module
 */
import { chaos, startBoards } from "../../firmware/simulator/mod.ts";
import { mqtt } from "../../pipeline/mod.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { weir } from "../helpers/weir.ts";
import { readOptions } from "./read_options.ts";

const values = readOptions("chaos", {
  boards: ["50", "How many, from 1 to 100."],
  minutes: ["10", "How long things go wrong."],
  every: ["1", "Seconds from one fault to the next, on any of the boards."],
  lasts: ["20", "Seconds that a fault lasts, about."],
});
const count = Number(values.boards);
const sleep = (seconds: number) =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** The light sensor, whose samples are numbers that are found again: each is printed when it is given. */
const DRIVER = `
import random
import tsl2591

random.seed()

class Driver(tsl2591.Tsl2591):
    def sample(self):
        super().sample()
        value = random.getrandbits(23)
        print("GAVE", value)
        return value
`;

/** From one boot with an empty memory to the next. */
interface Epoch {
  given: Set<string>;
  /** Whether the power or the reset button ended it, and not the program. */
  ended: boolean;
}

const epochs = Array.from({ length: count }, (): Epoch[] => [
  { given: new Set(), ended: false },
]);
const statuses = new Map<string, Record<string, unknown>>();
const faults = new Map<string, number>();
const folder = await Deno.makeTempDir({ prefix: "weir-chaos-" });
const file = `${folder}/chaos.csv`;
await using mosquitto = await startMosquitto({
  config: () => "max_queued_messages 0\nmax_queued_bytes 0",
});
await using recording = weir([
  ...["record", "sensor-data", file, "--broker", mosquitto.url],
  ...["--qos", "1", "--quiet"],
], { patience: Infinity });
await recording.stderr.match(/^Connected/);
const listening = new AbortController();
const listened = (async () => {
  const flow = mqtt(mosquitto.url, "weir/+/status", {
    signal: listening.signal,
  });
  for await (const batch of flow) {
    for (const { topic, payload } of batch) {
      const status = JSON.parse(new TextDecoder().decode(payload));
      if (status.state === "online") statuses.set(topic, status);
    }
  }
})();

const lines = epochs.map(() => "");
const boots = epochs.map(() => 0);
/** Whether the next boot was asked for from outside. */
const cut = epochs.map(() => false);
const boards = await startBoards({
  count,
  broker: { host: "127.0.0.1", port: mosquitto.port },
  config: { MQTT_QOS: 1, SENSOR: "given.Driver", MAX_FAILURES: 10_000 },
  extra: { "given.py": DRIVER },
  onOutput(text, id) {
    const index = Number(id.split("-")[1]) - 1;
    const all = (lines[index] + text).split(/\r?\n/);
    lines[index] = all.pop()!;
    const own = epochs[index];
    for (const line of all) {
      if (line.startsWith("Disabled access point")) {
        if (boots[index]++ > 0 && cut[index]) {
          own.at(-1)!.ended = true;
          own.push({ given: new Set(), ended: false });
        }
        cut[index] = false;
      }
      if (line.startsWith("GAVE ")) own.at(-1)!.given.add(line.slice(5));
    }
  },
});

const ending = new AbortController();
const timer = setTimeout(() => ending.abort(), Number(values.minutes) * 60_000);
await chaos(boards, {
  signal: ending.signal,
  every: Number(values.every),
  lasts: Number(values.lasts),
  tell(index, what) {
    if (what === "is well again") return;
    faults.set(what, (faults.get(what) ?? 0) + 1);
    cut[index] ||= /button|power/.test(what);
  },
});
clearTimeout(timer);

// No more samples: what waits goes out, and the status then says so.
for (const [index] of boards.entries()) {
  await mosquitto.publish(
    ...["-r", "-t", `weir/lux-${index + 1}/config`],
    ...["-m", '{"SLEEP_TIME": 86400}'],
  );
}
const waits = () =>
  boards.keys().filter((index) => {
    const status = statuses.get(`weir/lux-${index + 1}/status`);
    return !(status?.config && status.buffered === 0);
  }).toArray();
for (let tries = 0; tries < 300 && waits().length > 0; tries++) await sleep(1);
const waiting = waits();
await sleep(3);
await Promise.all(boards.map((board) => board.stop()));
recording.kill("SIGINT");
const code = await recording.code;
listening.abort();
await listened;

const rows = (await Deno.readTextFile(file)).trimEnd().split("\r\n").slice(1)
  .map((row) => row.split(","));
const recorded = Map.groupBy(rows, ([, , id]) => id);
const sum = { given: 0, missing: 0, cut: 0, dropped: 0, unknown: 0 };
let strange = 0;
for (const [index, own] of epochs.entries()) {
  const id = `lux-${index + 1}`;
  const there = new Set((recorded.get(id) ?? []).map(([, , , value]) => value));
  const all = new Set(own.flatMap(({ given }) => [...given]));
  strange += there.difference(all).size;
  sum.given += all.size;
  const status = statuses.get(`weir/${id}/status`);
  const dropped = Number(status?.dropped ?? 0);
  for (const { given, ended } of own) {
    const missing = given.difference(there).size;
    sum.missing += missing;
    if (ended) sum.cut += missing;
    else {
      sum.dropped += Math.min(missing, dropped);
      sum.unknown += Math.max(0, missing - dropped);
    }
  }
}
const bitten = boards.flatMap(({ boots }) => boots.filter((c) => c === 1));
const crashed = boards.filter(({ output }) => /Traceback/.test(output)).length;
const ends = new Set(rows.map(([, , id, value]) => `${id} ${value}`)).size;
console.log(
  `${count} boards, ${values.minutes} minutes, ${
    [...faults.values()].reduce((a, b) => a + b, 0)
  } faults:`,
);
for (const [what, times] of [...faults].sort()) {
  console.log(`  ${what}: ${times}`);
}
console.log(
  `samples given ${sum.given}; in the CSV ${
    sum.given - sum.missing
  }; lost with the power or the reset button ${sum.cut}; dropped, and counted by the board ${sum.dropped}; unaccounted ${sum.unknown}`,
);
console.log(
  `rows ${rows.length}, ${
    rows.length - ends
  } doubled (QoS 1), ${strange} that no sensor gave; watchdogs that bit ${bitten.length}; boards with a traceback ${crashed}; boards with samples that still waited ${waiting.length}; exit code ${code}`,
);
const passed = sum.unknown === 0 && strange === 0 && bitten.length === 0 &&
  crashed === 0 && waiting.length === 0 && code === 0;
console.log(passed ? "passed" : "FAILED");
await Deno.remove(folder, { recursive: true });
Deno.exit(passed ? 0 : 1);
