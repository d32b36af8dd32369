import { publishMessages } from "../../pipeline/mod.ts";
import { type Weir, weir } from "../helpers/weir.ts";
import { type NatsCluster, startNatsCluster } from "./nats_cluster.ts";

/** How many messages flow, and through how many recorders. */
export interface ScaleOptions {
  recorders: number;
  messages: number;
  /** How often a node is killed, with the recorders on it. */
  kills: number;
}

/** What came of it. */
export interface ScaleResult {
  /** Where each recorder's files are, as DuckDB reads them. */
  files: string;
  /** Messages that a publisher sent again, since their broker had gone. */
  again: number;
  /** Rows a second, from messages that had waited. Without kills only. */
  rate?: number;
  /** Rows in all files. */
  rows: number;
  /** Messages that are in no file. */
  missing: number;
  /** Rows that are there once more than their message was sent. */
  doubled: number;
  /** Rows before which there was a later one of their sensor. */
  disordered: number;
}

const SENSORS = 200;
const PUBLISHERS = 20;
const NODES = 3;
const PATIENCE = 120_000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Records one stream by several durable recorders, each a part of its sensors. */
export async function tryScale(
  folder: string,
  { recorders, messages, kills }: ScaleOptions,
): Promise<ScaleResult> {
  await using cluster = await startNatsCluster(recorders);
  const running: Weir[] = [];
  /** The node that each recorder is on. */
  const places = Array.from({ length: recorders }, (_, index) => index % NODES);
  const start = async (index: number) => {
    running[index] = weir([
      ...["record", `part/${index}/#`],
      `${folder}/date=%Y-%m-%d/host-${index}.csv`,
      ...["--durable", `rec-${index}`, "--quiet", "--wait"],
      ...["--broker", cluster.urls[places[index]]],
    ], { patience: Infinity });
    await running[index].stderr.match(/^Connected/);
  };
  const startAll = () => Promise.all(running.map((_, index) => start(index)));
  const stopAll = async () => {
    for (const recorder of running) recorder.kill("SIGINT");
    for (const recorder of running) {
      if (await recorder.code !== 0) throw new Error(recorder.stderr.text());
    }
  };
  const reader = createReader(folder);

  for (let index = 0; index < recorders; index++) await start(index);
  let again: number;
  let rate: number | undefined;
  if (kills === 0) {
    await stopAll();
    again = await publishAll(cluster, messages, () => {});
    const began = performance.now();
    await startAll();
    await reader.until(messages);
    rate = messages / (performance.now() - began) * 1000;
  } else {
    let published = 0;
    const publishing = publishAll(cluster, messages, () => published++);
    for (let kill = 0; kill < kills; kill++) {
      while (published < messages * (kill + 0.5) / kills) await sleep(20);
      // The publishers are on the first node.
      const victim = 1 + kill % (NODES - 1);
      const moved = places.flatMap((node, index) =>
        node === victim ? [index] : []
      );
      for (const index of moved) running[index].kill("SIGKILL");
      await cluster.kill(victim);
      for (const index of moved) {
        await running[index].code;
        places[index] = (victim + 1) % NODES;
      }
      await Promise.all(moved.map(start));
      await cluster.start(victim);
    }
    again = await publishing;
    await reader.until(messages);
  }
  // What is doubled comes last: NATS sends again after 30 s.
  if (kills > 0) await sleep(40_000);
  await stopAll();
  return {
    files: `${folder}/*/*.csv`,
    again,
    rate,
    ...await reader.count(messages),
  };
}

/** Publishes numbered samples, also while nodes go. Resolves with how many it sent again. */
async function publishAll(
  cluster: NatsCluster,
  messages: number,
  onPublished: () => void,
): Promise<number> {
  let again = 0;
  const publisher = async (first: number) => {
    let next = first;
    let attempt = 0;
    async function* samples() {
      for (; next < messages; next += PUBLISHERS) {
        if (attempt > 0) again++;
        const payload = sampleOf(next, attempt++);
        yield { topic: topicOf(next), payload };
        attempt = 0;
        onPublished();
      }
    }
    while (next < messages) {
      await publishMessages(cluster.urls[0], samples(), { qos: 1 })
        // While its nodes elect a leader, a cluster takes nothing.
        .catch(() => sleep(200));
    }
  };
  await Promise.all(
    Array.from({ length: PUBLISHERS }, (_, index) => publisher(index)),
  );
  return again;
}

const topicOf = (number: number) => `sensors/s${number % SENSORS}`;

/** Each attempt is a message of its own: its number is the value's whole part. */
const sampleOf = (number: number, attempt: number) =>
  `["s${number % SENSORS}", ${number}, ${number + attempt / 1000}]`;

/** Reads the rows of all files, as they grow. */
function createReader(folder: string) {
  const sizes = new Map<string, number>();
  const seen = new Set<number>();
  const latest = new Map<string, number>();
  const sent = new Set<string>();
  let doubled = 0;
  let rows = 0;
  let disordered = 0;

  const look = async () => {
    for await (const path of files(folder)) {
      const text = await Deno.readTextFile(path);
      const from = sizes.get(path) ?? text.indexOf("\n") + 1;
      const to = text.lastIndexOf("\n") + 1;
      if (to <= from) continue;
      sizes.set(path, to);
      for (const line of text.slice(from, to - 2).split("\r\n")) {
        const [, , sensor, value] = line.split(",");
        const number = Math.floor(Number(value));
        if (sent.has(value)) doubled++;
        sent.add(value);
        rows++;
        if (!seen.has(number) && number < (latest.get(sensor) ?? 0)) {
          disordered++;
        }
        seen.add(number);
        latest.set(sensor, Math.max(number, latest.get(sensor) ?? 0));
      }
    }
  };
  return {
    /** Resolves when so many messages are there, or none has come for long. */
    async until(messages: number) {
      let since = performance.now();
      while (performance.now() - since < PATIENCE) {
        const before = rows;
        await look();
        if (seen.size >= messages) return;
        if (rows > before) since = performance.now();
        await sleep(50);
      }
    },
    async count(messages: number) {
      await look();
      return { rows, doubled, missing: messages - seen.size, disordered };
    },
  };
}

async function* files(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) continue;
    for await (const file of Deno.readDir(`${folder}/${name}`)) {
      if (file.name.endsWith(".csv")) yield `${folder}/${name}/${file.name}`;
    }
  }
}
