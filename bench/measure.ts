import { setTimeout } from "node:timers/promises";
import type { BenchBroker } from "./start_broker.ts";
import type { Contender } from "./contenders.ts";
import { launch } from "./launch.ts";
import { value } from "./readings.ts";

/** How one contender did in one run. */
export interface Result {
  /**
   * Events a second, from the first message on the socket to the end of the
   * process; or, if it does not end by itself, to the last row.
   */
  perSecond: number;
  /** The same to the last row in the file, if it writes rows. */
  rowsPerSecond: number;
  /** The most memory that it held, in bytes; unknown if there is no /proc. */
  memory?: number;
  /** How long it used a processor, in seconds; unknown if there is no /proc. */
  processor?: number;
  /** From its start until its first row was in its file, in milliseconds. */
  startUp: number;
}

/** How often a process is looked at, in milliseconds. */
const INTERVAL = 10;

/**
 * Lets a contender take all messages of a broker.
 *
 * @throws where they are not all in its file afterwards.
 */
export async function measure(
  contender: Contender,
  broker: BenchBroker,
  file: string,
): Promise<Result> {
  const { rows, header } = contender;
  const { messages, events } = broker;
  await Deno.remove(file).catch(() => {});
  const command = contender.command(broker, file);
  await using running = await launch(contender, command, file);

  let ended = 0;
  const end = running.end.finally(() => ended = Date.now());
  let memory: number | undefined;
  let processor: number | undefined;
  let firstRow: number | undefined;
  let lastRow: number | undefined;
  while (!ended) {
    const pid = await running.pid();
    memory = pid && await peakMemory(pid) || memory;
    processor = pid && await processorTime(pid) || processor;
    if (rows && !firstRow && await beginsWith(file, header + 1)) {
      firstRow = Date.now();
    }
    if (firstRow && !lastRow && await hasLastRow(file, messages)) {
      lastRow = Date.now();
      await running.quit?.();
    }
    await Promise.race([end, setTimeout(INTERVAL)]);
  }
  await end;
  const started = await broker.nextStart();
  const rate = (time: number) => messages * events / (time - started) * 1000;
  // One that only prints prints a line for each message.
  const lines = rows === "file" ? messages * events : messages;
  if (rows) await check(contender, file, { lines, messages });
  return {
    perSecond: rate(running.quit && lastRow || ended),
    rowsPerSecond: rate(lastRow ?? ended),
    memory,
    processor,
    startUp: (firstRow ?? ended) - running.spawned,
  };
}

/** The most physical memory a process had, in bytes (proc(5), VmHWM). */
async function peakMemory(pid: number): Promise<number | undefined> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  const kib = status.match(/^VmHWM:\s+(\d+) kB/m)?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

/** How long a process used a processor, in seconds (proc(5), utime and stime). */
async function processorTime(pid: number): Promise<number | undefined> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  // The name of the program, in brackets, may have spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isNaN(ticks) ? undefined : ticks / TICKS;
}

/** Linux counts processor time in so many parts of a second. */
const TICKS = 100;

/** Whether a file begins with so many lines already. */
async function beginsWith(file: string, lines: number): Promise<boolean> {
  try {
    using opened = await Deno.open(file);
    const start = new Uint8Array(200);
    await opened.read(start);
    return start.filter((byte) => byte === LF).length >= lines;
  } catch {
    return false;
  }
}

const LF = 10;

/** Whether a file ends with the last reading already. */
async function hasLastRow(file: string, messages: number): Promise<boolean> {
  using opened = await Deno.open(file);
  const { size } = await opened.stat();
  const end = new Uint8Array(40);
  await opened.seek(Math.max(0, size - end.length), Deno.SeekMode.Start);
  const length = await opened.read(end) ?? 0;
  return new TextDecoder().decode(end.subarray(0, length)).trimEnd()
    .endsWith(`,${value(messages - 1)}`);
}

/** Checks that all rows are there, and the last value in the last. */
async function check(
  { name, header }: Contender,
  file: string,
  wanted: { lines: number; messages: number },
): Promise<void> {
  let lines = 0;
  let last = "";
  const chunks = (await Deno.open(file)).readable
    .pipeThrough(new TextDecoderStream());
  for await (const chunk of chunks) {
    lines += chunk.split("\n").length - 1;
    last = (last + chunk).slice(-200);
  }
  if (lines - header !== wanted.lines) {
    throw new Error(`${name} wrote ${lines - header} rows of ${wanted.lines}`);
  }
  const row = last.trimEnd().split("\n").at(-1)!;
  if (!row.includes(`${value(wanted.messages - 1)}`)) {
    throw new Error(`${name}'s last row is ${row}`);
  }
}
