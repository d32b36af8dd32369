import { WeirError } from "../../pipeline/mod.ts";
import { findRecordings } from "../../pipeline/recording/find_recordings.ts";
import { readBytes } from "../../pipeline/recording/read_bytes.ts";
import { type Mosquitto, startMosquitto } from "../helpers/mosquitto.ts";
import { type Proxy, startProxy } from "../helpers/proxy.ts";
import { type Weir, weir } from "../helpers/weir.ts";
import { createRandom, type Random } from "../model/random.ts";

/** What is done to weir. */
export type Fault = "kill" | "rotate" | "cut" | "both" | "broker" | "crash";

/** How it is tortured. */
export interface TortureOptions {
  /**
   * Kills weir (SIGKILL), the same while it goes on in another file and
   * compresses those before, cuts its connection, either, restarts the broker, or
   * kills that. A broker that is killed loses what it had, so then each part of
   * the messages is recorded before the next kill.
   */
  fault: Fault;
  /** How often. */
  times: number;
  /** How many numbered messages flow meanwhile. */
  messages: number;
  /** Decides the moments. */
  seed: number;
  /** The MQTT version. */
  version?: "3" | "5";
  /** Is told after each fault. */
  onFault?: (done: number) => void;
}

/** What came of it. */
export interface TortureResult {
  /** Numbers that are not in the recording. */
  missing: number[];
  /** Numbers that are in it more than once. */
  doubled: number[];
  /** Lines that are no whole row. */
  broken: string[];
  /** Messages that came again and were left out, as far as weir could tell. */
  redelivered: number;
  /** What weir said when it ended for the last time. */
  summary: string;
}

const ROW = /^\d+\.\d{3},[^,]+Z,t,(\d+)$/;

/** Records numbered messages durably under faults, and counts them after that. */
export async function torture(
  options: TortureOptions,
): Promise<TortureResult> {
  const { fault, times, messages, seed, onFault = () => {} } = options;
  const random = createRandom(seed);
  const folder = await Deno.makeTempDir({ prefix: "weir-torture-" });
  const rotating = fault === "rotate";
  const file = `${folder}/test${rotating ? "-%S" : ""}.csv`;
  const more = rotating ? ["--max-size", "5kB", "--gzip"] : [];
  await using mosquitto = await startMosquitto({
    config: (folder) =>
      `max_queued_messages 0
max_queued_bytes 0
persistence true
persistence_location ${folder}/`,
  });
  await using proxy = startProxy(mosquitto.port);
  const start = () =>
    weir([
      ...["record", "t", file, "--durable", "torture", "--quiet", "--wait"],
      ...["--broker", proxy.url, "--mqtt", options.version ?? "5", ...more],
    ], { patience: Infinity });

  let running = start();
  try {
    // From here on the broker keeps what is published.
    await running.stderr.match(/^Connected/);
    for (let done = 0, sent = 0; done < times;) {
      if (fault === "crash") {
        const upTo = Math.round(messages * ++done / times);
        await publish(mosquitto, sent, upTo, 0);
        sent = upTo;
        await complete(folder, sent);
        await mosquitto.stop("SIGKILL");
        await mosquitto.start();
        await reconnected(running, done);
        onFault(done);
        continue;
      }
      if (fault === "broker") {
        const upTo = Math.round(messages * ++done / times);
        await publish(mosquitto, sent, upTo, random() * 300);
        sent = upTo;
        await mosquitto.stop("SIGTERM");
        await mosquitto.start();
        onFault(done);
        continue;
      }
      const kill = fault === "kill" || rotating ||
        (fault === "both" && random() < 0.5);
      const upTo = Math.round(messages * ++done / times);
      [running] = await Promise.all([
        strike(running, start, proxy, random, kill),
        publish(mosquitto, sent, upTo, random() * 1000),
      ]);
      sent = upTo;
      onFault(done);
    }
    await complete(folder, messages);
    await running.stderr.match(/^Connected/);
    running.kill("SIGINT");
    const code = await running.code;
    if (code !== 0) throw new Error(running.stderr.text());
    return judge(await read(folder), messages, running);
  } finally {
    await running[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Waits for a random moment and does it. */
async function strike(
  running: Weir,
  start: () => Weir,
  proxy: Proxy,
  random: Random,
  kill: boolean,
): Promise<Weir> {
  await new Promise((resolve) => setTimeout(resolve, random() * 1500));
  if (!kill) {
    proxy.cut();
    return running;
  }
  running.kill("SIGKILL");
  await running.code;
  return start();
}

/** Publishes numbers at QoS 1, after a while. */
async function publish(
  mosquitto: Mosquitto,
  from: number,
  to: number,
  delay: number,
): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, delay));
  const lines = Array.from({ length: to - from }, (_, n) => `${from + n}`);
  await mosquitto.publishLines("t", lines, "-q", "1", "-V", "5");
}

/** Resolves when weir has said so many times that it is connected again. */
async function reconnected(running: Weir, times: number): Promise<void> {
  const said = () => running.stderr.text().match(/^Reconnected/gm)?.length ?? 0;
  // It waits for half a minute at most from one attempt to the next.
  const late = performance.now() + 180_000;
  while (said() < times) {
    if (performance.now() > late) {
      throw new Error(`It did not reconnect:\n${running.stderr.text()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Resolves when all rows are there, or none comes any more. */
async function complete(folder: string, messages: number): Promise<void> {
  let size = -1;
  for (let still = 0; still < 300; still++) {
    const text = await read(folder);
    const { length } = text.split("\r\n");
    if (length > messages) return;
    if (text.length !== size) still = 0;
    size = text.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The rows of all files, without their headers. */
async function read(folder: string): Promise<string> {
  let text = "";
  for (const path of await findRecordings([`${folder}/test*.csv*`])) {
    try {
      const decoder = new TextDecoder();
      let rows = "";
      for await (const bytes of readBytes(path)) {
        rows += decoder.decode(bytes, { stream: true });
      }
      text += rows.slice(rows.indexOf("\n") + 1);
    } catch (error) {
      // It was compressed just now.
      if (!(error instanceof WeirError)) throw error;
    }
  }
  return text;
}

function judge(text: string, messages: number, last: Weir): TortureResult {
  const lines = text.split("\r\n").slice(0, -1);
  const times = new Array<number>(messages).fill(0);
  const broken: string[] = [];
  for (const line of lines) {
    const number = ROW.exec(line)?.[1];
    if (number === undefined) broken.push(line);
    else times[Number(number)]++;
  }
  if (!text.endsWith("\r\n")) broken.push(text.slice(-100));
  const numbers = [...times.keys()];
  const summary = last.stderr.text().trimEnd().split("\n").at(-1)!;
  return {
    missing: numbers.filter((n) => times[n] === 0),
    doubled: numbers.filter((n) => times[n] > 1),
    broken,
    redelivered: Number(/(\d[\d,]*) redelivered/.exec(summary)?.[1] ?? 0),
    summary,
  };
}
