import { type Weir, weir } from "../helpers/weir.ts";
import { startNatsCluster } from "./nats_cluster.ts";
import { createReader, publishSamples } from "./numbered_samples.ts";

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
  /** Messages that the recorders say are possibly doubled. */
  said: number;
  /** Rows before which there was a later one of their sensor. */
  disordered: number;
}

const NODES = 3;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Records one stream by several durable recorders, each a part of its sensors. */
export async function tryScale(
  folder: string,
  { recorders, messages, kills }: ScaleOptions,
): Promise<ScaleResult> {
  await using cluster = await startNatsCluster(recorders);
  /** The publishers are on the first node, which is not killed. */
  const publishTo = () => cluster.urls[0];
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
    again = await publishSamples(publishTo, { to: messages });
    const began = performance.now();
    await startAll();
    await reader.until(messages);
    rate = messages / (performance.now() - began) * 1000;
  } else {
    let published = 0;
    const publishing = publishSamples(
      publishTo,
      { to: messages },
      () => published++,
    );
    for (let kill = 0; kill < kills; kill++) {
      while (published < messages * (kill + 0.5) / kills) await sleep(20);
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
  const said = running.map(({ stderr }) => possiblyDoubled(stderr.text()));
  return {
    files: `${folder}/*/*.csv`,
    again,
    rate,
    said: said.reduce((sum, count) => sum + count, 0),
    ...await reader.count(messages),
  };
}

/** What the last numbers of a recorder say of it, with its earlier runs. */
function possiblyDoubled(text: string): number {
  const said =
    /([\d,]+) possibly doubled(?: \(([\d,]+) with earlier runs\))?(?![^]*possibly doubled)/
      .exec(text);
  return Number((said?.[2] ?? said?.[1] ?? "0").replaceAll(",", ""));
}
