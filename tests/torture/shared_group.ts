import { publishMessages } from "../../pipeline/mod.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { type Weir, weir } from "../helpers/weir.ts";

/** What came of a shared group. */
export interface SharedResult {
  /** Rows in all files. */
  rows: number;
  /** Rows in the union without doubles. */
  union: number;
  /** Messages that are in no file. */
  missing: number;
}

const PATIENCE = 120_000;

/**
 * Records one stream by members that share it at one Mosquitto, and kills one
 * after the other. The union of their files is made by `weir export`.
 */
export async function tryShared(
  folder: string,
  { members, messages, kills }: {
    members: number;
    messages: number;
    kills: number;
  },
): Promise<SharedResult> {
  await using broker = await startMosquitto();
  const running: Weir[] = [];
  const pathOf = (member: number) => `${folder}/member-${member}.csv`;
  const start = async (member: number) => {
    running[member] = weir([
      ...["record", "$share/lab/sensors/#", pathOf(member), "--quiet"],
      ...["--durable", `member-${member}`, "--broker", broker.url, "--wait"],
    ], { patience: Infinity });
    await running[member].stderr.match(/^Connected/);
  };
  for (let member = 0; member < members; member++) await start(member);

  let killed = 0;
  const strike = async () => {
    const victim = killed++ % members;
    running[victim].kill("SIGKILL");
    await running[victim].code;
    await start(victim);
  };
  async function* samples() {
    for (let number = 0; number < messages; number++) {
      if (number >= messages * (killed + 0.5) / kills) await strike();
      const sensor = `s${number % 200}`;
      const payload = `["${sensor}", ${number}, ${number}]`;
      yield { topic: `sensors/${sensor}`, payload };
    }
  }
  await publishMessages(broker.url, samples(), { qos: 1 });

  const paths = Array.from({ length: members }, (_, member) => pathOf(member));
  let found = await numbersIn(paths);
  let since = performance.now();
  while (
    new Set(found).size < messages && performance.now() - since < PATIENCE
  ) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const now = await numbersIn(paths);
    if (now.length > found.length) since = performance.now();
    found = now;
  }
  for (const member of running) member.kill("SIGINT");
  for (const member of running) {
    if (await member.code !== 0) throw new Error(member.stderr.text());
  }
  const union = `${folder}/union.csv`;
  const exporting = weir(["export", ...paths, union, "--no-doubles"]);
  if (await exporting.code !== 0) throw new Error(exporting.stderr.text());
  const merged = await numbersIn([union]);
  return {
    rows: (await numbersIn(paths)).length,
    union: merged.length,
    missing: messages - new Set(merged).size,
  };
}

/** The numbers of the samples in files. */
async function numbersIn(paths: string[]): Promise<number[]> {
  const all: number[] = [];
  for (const path of paths) {
    const [header, ...lines] = (await Deno.readTextFile(path)).split("\r\n");
    const column = header.split(",").indexOf("value");
    for (const line of lines.slice(0, -1)) {
      all.push(Number(line.split(",")[column]));
    }
  }
  return all;
}
