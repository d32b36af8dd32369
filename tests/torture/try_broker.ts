import { publish } from "../../pipeline/mod.ts";
import { startProxy } from "../helpers/proxy.ts";
import { type Weir, weir } from "../helpers/weir.ts";
import { createRandom, type Random } from "../model/random.ts";
import type { RealBroker, RunningBroker } from "./real_brokers.ts";

/**
 * What is done to a durable recording: acknowledgements are lost and then the
 * connection, weir is killed, the connection is cut. `alike`: all three in turn,
 * with messages of equal payload.
 */
export const TRIES = ["lost", "kill", "cut", "alike"] as const;

/** One of them. */
export type Try = typeof TRIES[number];

/** How it is done. */
export interface TryOptions {
  /** How often. */
  times: number;
  /** How many messages flow during that. */
  messages: number;
  /** Decides the moments. */
  seed: number;
}

/** What came of it. */
export interface TryResult {
  /** Messages that are not in the recording. */
  lost: number;
  /** Rows that are there once more than they should be. */
  doubled: number;
  /** Messages of which weir said that they may be doubled. */
  possiblyDoubled: number;
}

/** How many messages are taken in while no acknowledgement arrives. */
const UNACKNOWLEDGED = 20;

/** How many messages of the try with equal payloads are alike. */
const ALIKE = 100;

/** A recorder that was cut off so often waits too long before it is back. */
const CUTS = 3;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Records numbered messages of a broker durably under faults, and counts rows. */
export async function tryBroker(
  broker: RealBroker,
  running: RunningBroker,
  what: Try,
  { times, messages, seed }: TryOptions,
): Promise<TryResult> {
  const random = createRandom(seed);
  const folder = await Deno.makeTempDir({ prefix: "weir-try-" });
  const file = `${folder}/test.csv`;
  const topic = `try-${what}-${seed}`;
  await using proxy = startProxy(running.port);
  const { username, password } = broker.login ?? {};
  let possiblyDoubled = 0;
  let recorder: Weir;
  /** How often the recorder has been cut off. */
  let cuts = 0;

  const start = async () => {
    cuts = 0;
    recorder = weir([
      ...["record", topic, file, "--durable", topic, "--quiet", "--wait"],
      ...["--broker", proxy.url],
    ], {
      patience: Infinity,
      env: username && password
        ? { WEIR_USERNAME: username, WEIR_PASSWORD: password }
        : {},
    });
    await recorder.stderr.match(/^Connected/);
  };
  const stop = async () => {
    recorder.kill("SIGINT");
    const code = await recorder.code;
    const said = recorder.stderr.text();
    if (code !== 0) throw new Error(said);
    const found =
      /([\d,]+) possibly doubled(?: \(([\d,]+) with earlier runs\))?/
        .exec(said);
    const count = found?.[2] ?? found?.[1] ?? "0";
    possiblyDoubled = Number(count.replaceAll(",", ""));
  };
  let sent = 0;
  const send = async (count: number) => {
    const numbers = Array.from({ length: count }, () => sent++);
    const payloads = numbers.map((number) =>
      what === "alike" ? `${Math.floor(number / ALIKE)}` : `${number}`
    );
    await publish(running.url, topic, payloads, { qos: 1, ...broker.login });
  };
  const reconnected = () => recorder.stderr.match(/^Reconnected/, ++cuts);
  const faults = {
    async lost(count: number) {
      const unacknowledged = Math.min(count, UNACKNOWLEDGED);
      await send(count - unacknowledged);
      await rows(file, sent - unacknowledged, 5000);
      proxy.muffle();
      await send(unacknowledged);
      await rows(file, sent, 5000);
      proxy.cut();
      proxy.thaw();
      await reconnected();
    },
    async kill(count: number) {
      await Promise.all([
        strike(random, () => recorder.kill("SIGKILL")),
        send(count),
      ]);
      await recorder.code;
      await start();
    },
    async cut(count: number) {
      await Promise.all([strike(random, proxy.cut), send(count)]);
      await reconnected();
    },
  };
  const names = what === "alike" ? ["lost", "kill", "cut"] as const : [what];

  await start();
  try {
    for (let done = 0; done < times; done++) {
      const upTo = Math.round(messages * (done + 1) / times);
      await faults[names[done % names.length]](upTo - sent);
      if (cuts < CUTS) continue;
      await stop();
      await start();
    }
    await rows(file, messages, 10_000 + 1500 * broker.sendsAgainAfter);
    // What is doubled may come last.
    await sleep(1000 + 1200 * broker.sendsAgainAfter);
    await stop();
    const counts = await count(file);
    const values = Map.groupBy(
      Array(messages).keys(),
      (number) => what === "alike" ? Math.floor(number / ALIKE) : number,
    );
    let lost = 0;
    let doubled = 0;
    for (const [value, { length }] of values) {
      const more = (counts.get(value) ?? 0) - length;
      if (more < 0) lost -= more;
      else doubled += more;
    }
    return { lost, doubled, possiblyDoubled };
  } finally {
    await recorder![Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Does something while messages are under way. */
async function strike(random: Random, what: () => void): Promise<void> {
  await sleep(random() * 150);
  what();
}

/** Resolves when so many rows are there, or none has come for so many milliseconds. */
async function rows(
  file: string,
  wanted: number,
  patience: number,
): Promise<void> {
  let before = -1;
  let since = performance.now();
  while (performance.now() - since < patience) {
    const { length } = await lines(file);
    if (length >= wanted) return;
    if (length !== before) since = performance.now();
    before = length;
    await sleep(50);
  }
}

async function lines(file: string): Promise<string[]> {
  return (await Deno.readTextFile(file)).split("\r\n").slice(1, -1);
}

/** How many rows there are of each value. */
async function count(file: string): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  for (const line of await lines(file)) {
    const value = Number(line.split(",")[3]);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}
