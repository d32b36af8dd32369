/**
 * Records one stream on several recorders: a cluster of three NATS nodes that
 * share the sensors out, rates of one, two and four recorders, nodes killed with
 * their recorders, and the files of all read as one table: `deno task scale`.
 *
 * @module
 */
import { DuckDBInstance } from "@duckdb/node-api";
import { readOptions } from "./read_options.ts";
import { tryShared } from "./shared_group.ts";
import { tryScale } from "./scale.ts";

const values = readOptions("scale", {
  messages: ["200000", "How many flow in each run."],
  recorders: ["1,2,4", "How many record, in runs without a kill."],
  kills: [
    "6",
    "How often a node is killed in the last run, with its recorders.",
  ],
});
const messages = Number(values.messages);
const runs = [
  ...values.recorders.split(",").map((text) => [Number(text), 0] as const),
  [4, Number(values.kills)] as const,
];

console.log(
  `| recorders | nodes killed | rows/s | rows | missing | doubled | sent twice by publishers | out of order | DuckDB counts |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |`,
);
for (const [recorders, kills] of runs) {
  const folder = await Deno.makeTempDir({ prefix: "weir-scale-" });
  try {
    const { files, again, rate, rows, missing, doubled, disordered } =
      await tryScale(
        folder,
        { recorders, messages, kills },
      );
    const cells = [
      recorders,
      kills,
      rate === undefined ? "" : Math.round(rate).toLocaleString("en-US"),
      rows,
      missing,
      doubled,
      again,
      disordered,
      await countTable(files),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const folder = await Deno.makeTempDir({ prefix: "weir-scale-" });
try {
  const kills = Number(values.kills);
  const { rows, union, missing } = await tryShared(folder, {
    members: 4,
    messages,
    kills,
  });
  console.log(
    `\nA shared group of 4 on one Mosquitto, ${kills} members killed: ${rows} rows, ${union} in the union without doubles, ${missing} missing.`,
  );
} finally {
  await Deno.remove(folder, { recursive: true });
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
