/**
 * Records one stream on several recorders: a cluster of three NATS nodes that
 * share the sensors out, rates of one, two and four recorders, nodes killed with
 * their recorders, the files of all read as one table, and one recorder that moves
 * from node to node: `deno task scale`.
 *
 * @module
 */
import { DuckDBInstance } from "@duckdb/node-api";
import { readOptions } from "./read_options.ts";
import { tryMoved } from "./moved.ts";
import { tryShared } from "./shared_group.ts";
import { tryScale } from "./scale.ts";

const values = readOptions("scale", {
  messages: ["200000", "How many flow in each run."],
  recorders: ["1,2,4", "How many record, in runs without a kill."],
  kills: [
    "6",
    "How often a node is killed in the last run, with its recorders.",
  ],
  moves: ["20", "How often the node of a recorder with three is killed."],
  parts: ["shares,group,moves", "What is tried."],
});
const messages = Number(values.messages);
const kills = Number(values.kills);
const moves = Number(values.moves);

const parts: Record<string, () => Promise<void>> = {
  async shares() {
    const recorders = values.recorders.split(",").map(Number);
    console.log(
      `| recorders | nodes killed | rows/s | rows | missing | doubled | possibly doubled, says weir | sent twice by publishers | out of order | DuckDB counts |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |`,
    );
    for (const count of recorders) await inFolder(share(count, 0));
    await inFolder(share(4, kills));
  },
  group: () =>
    inFolder(async (folder) => {
      const options = { members: 4, messages, kills };
      const { rows, union, missing } = await tryShared(folder, options);
      console.log(
        `A shared group of 4 on one Mosquitto, ${kills} members killed: ${rows} rows, ${union} in the union without doubles, ${missing} missing.`,
      );
    }),
  moves: () =>
    inFolder(async (folder) => {
      const { rows, missing, doubled, recovered, said } = await tryMoved(
        folder,
        { messages, moves },
      );
      console.log(
        `One recorder with three nodes, moved ${moves} times: ${rows} rows, ${missing} missing, ${doubled} doubled, ${recovered} false alarms. ${said}`,
      );
    }),
};
const chosen = values.parts.split(",");
for (const [name, part] of Object.entries(parts)) {
  if (chosen.includes(name)) await part();
}

/** Shares the sensors out, and prints a row of the table. */
function share(recorders: number, kills: number) {
  return async (folder: string) => {
    const { files, again, rate, rows, missing, doubled, said, disordered } =
      await tryScale(folder, { recorders, messages, kills });
    const cells = [
      recorders,
      kills,
      rate === undefined ? "" : Math.round(rate).toLocaleString("en-US"),
      rows,
      missing,
      doubled,
      said,
      again,
      disordered,
      await countTable(files),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  };
}

/** Does something in a temporary folder. */
async function inFolder(
  what: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "weir-scale-" });
  try {
    await what(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Counts the rows of Hive-style folders, and of each host, by another engine. */
async function countTable(files: string): Promise<string> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(
    `SELECT count(DISTINCT date), count(DISTINCT value), count(*)
     FROM read_csv('${files}', hive_partitioning = true)`,
  );
  const [[days, distinct, all]] = result.getRows();
  connection.closeSync();
  return `${all} rows, ${distinct} of them different, ${days} day${
    Number(days) === 1 ? "" : "s"
  }`;
}
