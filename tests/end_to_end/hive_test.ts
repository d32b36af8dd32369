/** The folders of docs/scale.md are one table for an engine that reads it. */
import assert from "node:assert/strict";
import { DuckDBInstance } from "@duckdb/node-api";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { weir } from "../helpers/weir.ts";

/** The query that the page shows, of all days, over files of another place. */
async function queryOf(page: URL, files: string): Promise<string> {
  const [, query] = /```sql\n([^]*?)```/.exec(await Deno.readTextFile(page))!;
  const here = query.replace("lab/*/*.csv", files)
    .replace(/WHERE date = '.*'/, "WHERE date IS NOT NULL");
  assert.ok(here.includes(files) && here.includes("IS NOT NULL"), query);
  return here;
}

mosquittoTest(
  "the recordings of four shards are one table for DuckDB, with every reading in it",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    await using stack = new AsyncDisposableStack();
    const file = (shard: number) =>
      folder.path(`date=%Y-%m-%d/host-${shard}.csv`);
    const recorders = [0, 1, 2, 3].map((shard) =>
      stack.use(weir([
        ...["record", `part/${shard}/#`, file(shard), "-b", mosquitto.url],
        ...["--durable", `rec-${shard}`],
      ]))
    );
    for (const { stderr } of recorders) await stderr.match(/^Connected/);
    for (const shard of [0, 1, 2, 3]) {
      await mosquitto.publishLines(
        `part/${shard}/lux`,
        Array.from({ length: 250 }, (_, n) => `["lux-${shard}",${n},${n}]`),
        ...["-q", "1"],
      );
    }
    for (const recorder of recorders) {
      await recorder.stdout.count(250);
      recorder.kill("SIGINT");
      assert.equal(await recorder.code, 0);
    }

    const duckdb = await DuckDBInstance.create();
    const connection = await duckdb.connect();
    const page = new URL("../../docs/scale.md", import.meta.url);
    const query = await queryOf(page, folder.path("*/*.csv"));
    const result = await connection.runAndReadAll(query);
    const count = await connection.runAndReadAll(
      `SELECT count(*) FROM read_csv('${
        folder.path("*/*.csv")
      }', hive_partitioning = true)`,
    );
    connection.closeSync();
    duckdb.closeSync();
    assert.deepEqual(
      result.getRows().toSorted(),
      [0, 1, 2, 3].map((shard) => [`lux-${shard}`, 124.5]),
    );
    assert.deepEqual(count.getRows(), [[1000n]]);
  },
);
