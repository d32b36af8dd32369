import { weir } from "../helpers/weir.ts";
import { startNatsCluster } from "./nats_cluster.ts";
import { createReader, publishSamples } from "./numbered_samples.ts";

/** How many messages flow, and how often the recorder has to move. */
export interface MovedOptions {
  messages: number;
  moves: number;
}

/** What came of it. */
export interface MovedResult {
  /** Rows in the recording. */
  rows: number;
  /** Messages that are not in it. */
  missing: number;
  /** Rows that are there once more than their message was sent. */
  doubled: number;
  /** Files that say that rows may be lost: there is no reason for one. */
  recovered: number;
  /** What weir's last line says, and that of `weir check`. */
  said: string;
}

/** A recorder that keeps no connection for so long waits longer each time. */
const STEADY = 31_000;

/** NATS sends again after 30 s. */
const LATE = 40_000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Kills the node that a durable recorder with three addresses is on, again and again. */
export async function tryMoved(
  folder: string,
  { messages, moves }: MovedOptions,
): Promise<MovedResult> {
  await using cluster = await startNatsCluster(1);
  const { urls } = cluster;
  await Deno.mkdir(`${folder}/moved`);
  const file = `${folder}/moved/test.csv`;
  await using recorder = weir([
    ...["record", "part/0/#", file, "--durable", "rec", "--quiet", "--wait"],
    ...urls.flatMap((url) => ["--broker", url]),
  ], { patience: Infinity });
  await recorder.stderr.match(/^Connected/);
  /** The node that the recorder is on. */
  const place = () => {
    const said = recorder.stderr.text().matchAll(/onnected to (\S+)/g);
    return urls.indexOf([...said].at(-1)![1]);
  };
  const reader = createReader(folder);
  let from = 0;
  for (let move = 0; move < moves; move++) {
    const to = Math.round(messages * (move + 1) / moves);
    const node = place();
    // Not on the node that goes.
    const publishTo = () => urls[(node + 1) % urls.length];
    const publishing = publishSamples(publishTo, { from, to });
    await cluster.kill(node);
    await recorder.stderr.match(/^Reconnected/, move + 1);
    const steady = sleep(STEADY);
    await cluster.start(node);
    await publishing;
    await steady;
    from = to;
  }
  await reader.until(messages);
  // What is doubled comes last.
  await sleep(LATE);
  recorder.kill("SIGINT");
  if (await recorder.code !== 0) throw new Error(recorder.stderr.text());
  const { rows, missing, doubled } = await reader.count(messages);
  const recovered = [...Deno.readDirSync(`${folder}/moved`)]
    .filter(({ name }) => name.includes(".recovered")).length;
  await using check = weir(["check", file]);
  await check.code;
  const said = [recorder, check].map(({ stderr }) =>
    stderr.text().trimEnd().split("\n").at(-1)
  ).join(". ");
  return { rows, missing, doubled, recovered, said };
}
