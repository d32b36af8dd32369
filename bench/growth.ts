import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bundle } from "../build/bundle.ts";
import { FLAGS } from "../build/executable_flags.ts";
import {
  csv,
  csvFormat,
  type Message,
  parse,
  pipe,
  stamp,
} from "../pipeline/mod.ts";
import { openAtEnd } from "../pipeline/recording/open_at_end.ts";
import { print } from "./printed.ts";
import { value } from "./readings.ts";
import { align, median } from "./table.ts";

/** How many sensors, and how many topics they are on. */
const SIZES = [[1, 1], [100, 1], [10_000, 1], [100_000, 1], [1000, 100], [
  1000,
  1000,
]];

const BATCH = 256;

/**
 * Measures whether a message costs more if there are more sensors or topics, and
 * whether a recording costs more to continue, and to check, if it is longer.
 */
export async function benchGrowth(
  messages: number,
  runs: number,
): Promise<void> {
  const folder = await Deno.makeTempDir({
    dir: fileURLToPath(import.meta.resolve("./")),
    prefix: "out-",
  });
  try {
    await benchSensors(Math.max(100_000, messages / 5), runs, folder);
    await benchLength(10 * messages, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function benchSensors(
  messages: number,
  runs: number,
  folder: string,
): Promise<void> {
  const file = `${folder}/rows.csv`;
  const costs = SIZES.map(() => [] as number[]);
  // The first run warms up, and is not counted.
  for (let run = 0; run <= runs; run++) {
    for (const [at, [sensors, topics]] of SIZES.entries()) {
      const batches = makeBatches(messages, sensors, topics);
      await Deno.remove(file).catch(() => {});
      const started = performance.now();
      await pipe(
        flowOf(batches),
        parse({ onSharedId() {} }),
        stamp(),
        csv(file),
      );
      const cost = (performance.now() - started) / messages * 1000;
      if (run > 0) costs[at].push(cost);
    }
  }
  print(align([
    ["", "µs a message", "× one sensor"],
    ...SIZES.map(([sensors, topics], at) => [
      `${sensors.toLocaleString("en-US")} sensors on ${topics} topics`,
      median(costs[at]).toFixed(2),
      median(costs[at].map((cost, run) => cost / costs[0][run])).toFixed(2),
    ]),
  ]));
}

function makeBatches(
  messages: number,
  sensors: number,
  topics: number,
): Message[][] {
  const encoder = new TextEncoder();
  return Array.from(
    { length: Math.ceil(messages / BATCH) },
    (_, batch) =>
      Array.from({ length: BATCH }, (_, at) => {
        const n = batch * BATCH + at;
        return {
          topic: `sensor-data/${n % topics}`,
          payload: encoder.encode(`["lux-${n % sensors}", ${n}, ${value(n)}]`),
          time: 1484535480.613,
          qos: 0 as const,
          retain: false,
          dup: false,
        };
      }),
  );
}

async function* flowOf(batches: Message[][]) {
  yield* batches;
}

/** Opens and checks files of more and more rows, beside Python's csv reader. */
async function benchLength(most: number, folder: string): Promise<void> {
  const { main } = await bundle("dist/bench");
  const hasPython = !spawnSync("python3", ["--version"]).error;
  const table = [
    ["", "continue, ms", "check, s", "memory of it, MB", "Python's csv, s"],
  ];
  for (const rows of [most / 100, most / 10, most]) {
    const file = `${folder}/long.csv`;
    await writeRows(file, rows);
    const started = performance.now();
    (await openAtEnd(file, csvFormat())).close();
    const opening = performance.now() - started;
    const check = await time(file, [
      ...[Deno.execPath(), "run", "-q", "--no-lock", ...FLAGS, main],
      ...["check", file],
    ]);
    const python = hasPython &&
      await time(file, ["python3", "-c", READ, file]);
    table.push([
      `${rows.toLocaleString("en-US")} rows`,
      opening.toFixed(0),
      check.seconds.toFixed(1),
      (check.memory / 1e6).toFixed(0),
      python ? python.seconds.toFixed(1) : "?",
    ]);
  }
  print(`\n${align(table)}`);
}

const READ = `
import csv, sys
with open(sys.argv[1], newline="") as file:
    assert sum(1 for row in csv.reader(file)) > 1
`;

/** Writes a recording of 10 sensors with a reading a second each. */
async function writeRows(file: string, rows: number): Promise<void> {
  await Deno.remove(file).catch(() => {});
  async function* events() {
    for (let n = 0; n < rows;) {
      const length = Math.min(BATCH, rows - n);
      yield Array.from({ length }, () => ({
        sensor_id: `lux-${n % 10}`,
        ts: 1484535480 + n / 10,
        val: value(n++),
      }));
    }
  }
  await pipe(events(), csv(file));
}

/** How long a program takes, and the most memory that it has. */
async function time(
  file: string,
  [program, ...args]: string[],
): Promise<{ seconds: number; memory: number }> {
  // Both find the file in the kernel's memory.
  await Deno.readFile(file);
  const started = performance.now();
  const child = new Deno.Command(program, {
    args,
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let memory = 0;
  const watching = setInterval(() => {
    try {
      const status = Deno.readTextFileSync(`/proc/${child.pid}/status`);
      memory = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024 ||
        memory;
    } catch {
      // It has ended, or there is no /proc.
    }
  }, 50);
  const { success, stderr } = await child.output();
  clearInterval(watching);
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return { seconds: (performance.now() - started) / 1000, memory };
}
