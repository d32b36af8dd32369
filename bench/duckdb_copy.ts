/**
 * Copies a CSV to CSV or Parquet in order of time, with DuckDB.
 *
 *     deno run -A bench/duckdb_copy.ts IN OUT
 *
 * @module
 */
import { DuckDBInstance } from "@duckdb/node-api";

const [input, output] = Deno.args;
const db = await DuckDBInstance.create();
const connection = await db.connect();
await connection.run("SET preserve_insertion_order = true");
await connection.run(
  `COPY (SELECT * FROM read_csv('${input}') ORDER BY timestamp) TO '${output}'`,
);
