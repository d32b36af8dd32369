import { fileURLToPath } from "node:url";
import { csvFormat } from "../pipeline/mod.ts";
import { type Ran, runChild } from "./child.ts";
import { align, median } from "./table.ts";

const weir = (input: string, output: string) => [
  ...[Deno.execPath(), "run", "-q", "-A"],
  fileURLToPath(import.meta.resolve("../main.ts")),
  ...["export", input, output],
];

const duckdb = (input: string, output: string) => [
  ...[Deno.execPath(), "run", "-q", "-A"],
  fileURLToPath(import.meta.resolve("./duckdb_copy.ts")),
  ...[input, output],
];

/** What exports a CSV, by the ending of what it writes. */
const CONTENDERS: [string, string, typeof weir][] = [
  ["weir", ".csv", weir],
  // weir's CSV is in order of time; so is what these write, mlr to nowhere.
  ["mlr sort", ".csv", (input) => [
    ...["mlr", "--csv", "sort", "-nf", "timestamp", input],
  ]],
  ["DuckDB", ".csv", duckdb],
  ["weir", ".parquet", weir],
  ["DuckDB", ".parquet", duckdb],
  ["weir", ".sqlite", weir],
];

const SENSORS = 100;

/**
 * Measures `weir export` of a CSV beside Miller and DuckDB: rows a second from
 * the start of the program to its end, and the most memory. What cannot be run
 * is left out.
 */
export async function benchFiles(rows: number, runs: number): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "weir-bench-" });
  try {
    const input = `${folder}/in.csv`;
    await writeCsv(input, rows);
    const leftOut = new Set<string>();
    const found = new Map<string, Ran[]>();
    for (let run = 0; run < runs; run++) {
      for (const [name, ending, command] of CONTENDERS) {
        const output = `${folder}/out${ending}`;
        const label = `${name}: CSV to ${ending}`;
        try {
          const ran = await runChild(command(input, output));
          found.getOrInsertComputed(label, () => []).push(ran);
        } catch (error) {
          if (name === "weir") throw error;
          leftOut.add(`Left out: ${name}: ${(error as Error).message}`);
        }
        await Deno.remove(output).catch(() => {});
      }
    }
    const table = [["", "rows/s", "peak memory"]];
    for (const [label, all] of found) {
      const rate = median(all.map(({ seconds }) => rows / seconds));
      const memory = median(all.map(({ memory = NaN }) => memory));
      table.push([
        label,
        Math.round(rate).toLocaleString("en-US"),
        Number.isNaN(memory) ? "?" : `${Math.round(memory / 1e6)} MB`,
      ]);
    }
    console.log(align(table));
    for (const line of leftOut) console.log(line.split("\n")[0]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A recording of a reading each millisecond. */
async function writeCsv(path: string, rows: number): Promise<void> {
  const { header, rows: write } = csvFormat();
  using file = await Deno.open(path, { write: true, create: true });
  const writer = file.writable.getWriter();
  const encoder = new TextEncoder();
  await writer.write(encoder.encode(header));
  for (let at = 0; at < rows; at += 10_000) {
    const length = Math.min(10_000, rows - at);
    const events = Array.from({ length }, (_, n) => ({
      sensor_id: `lux-${(at + n) % SENSORS}`,
      ts: 1_700_000_000 + (at + n) / 1000,
      val: ((at + n) * 7919 % 1_000_000) / 1000,
    }));
    await writer.write(encoder.encode(write(events)));
  }
  await writer.ready;
}
