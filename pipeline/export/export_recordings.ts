import { resolve } from "node:path";
import { createNew } from "../create_new.ts";
import { WeirError } from "../error.ts";
import { escape } from "../escape.ts";
import type { SensorEvent } from "../event.ts";
import { fileError } from "../recording/file_error.ts";
import { mergeInOrder } from "../recording/merge_in_order.ts";
import type { Exported, ExportOptions } from "./export_settings.ts";
import { endingOf } from "./ending_of.ts";
import { type Output, textOutput } from "./output.ts";
import { openInOrder } from "./open_in_order.ts";
import { withoutDoubles } from "./without_doubles.ts";

/** Exports recordings; see `exportRecordings()`. */
export async function runExport(
  paths: readonly string[],
  out: string,
  options: ExportOptions,
): Promise<Exported> {
  const ending = endingOf(out);
  const known = new Set(paths.map((path) => resolve(path)));
  if (out !== "-" && known.has(resolve(out))) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      `${
        escape(out)
      } is one of the recordings to read. Give the export another name.`,
    );
  }
  const file = out === "-" ? undefined : await createNew(out);
  let output: Output | undefined;
  const counts: Exported = {
    events: 0,
    faults: 0,
    doubles: 0,
    untimed: 0,
    texts: 0,
  };
  try {
    const sensors = options.wide ? new Set<string>() : undefined;
    await using sources = await openInOrder(paths, {
      ...options,
      folder: out === "-" ? "." : resolve(out, ".."),
      onEvents: sensors && ((events) => {
        for (const { sensor_id } of events) sensors.add(sensor_id);
      }),
      onFault(path, line, text) {
        counts.faults++;
        options.onFault?.(path, line, text);
      },
    });
    if (sensors) {
      const { checkWidth } = await import("./wide.ts");
      checkWidth(sensors.size);
    }
    const { make, texts } = await formOf(
      ending,
      out,
      options,
      [...sensors ?? []].sort(),
    );
    output = make(file);
    const filter = options.noDoubles
      ? withoutDoubles(counts)
      : (events: SensorEvent[]) => events;
    for await (const batch of mergeInOrder(sources.ordered)) {
      const events = filter(batch);
      await output.write(events);
      counts.events += events.length;
      sources.report(counts.events);
    }
    await output.close();
    return { ...counts, texts: texts() };
  } catch (error) {
    try {
      output ? output.abort() : file?.close();
    } catch {
      // It is closed already.
    }
    // A reader that has seen enough (`| head`) misses nothing.
    if (!file && error instanceof Deno.errors.BrokenPipe) return counts;
    // What is not whole is no export.
    if (file) await Deno.remove(out);
    throw error instanceof WeirError || !isFromDisk(error)
      ? error
      : fileError(out, error);
  }
}

const isFromDisk = (error: unknown) =>
  typeof (error as { code?: unknown })?.code === "string";

/** What makes the output, by its ending. Each form loads when it is asked for. */
async function formOf(
  ending: string,
  out: string,
  options: ExportOptions,
  sensors: readonly string[],
): Promise<{
  make: (file: Deno.FsFile | undefined) => Output;
  texts: () => number;
}> {
  const texts = () => 0;
  if (ending === ".parquet") {
    const { parquetOutput } = await import("./parquet_file.ts");
    return { make: (file) => parquetOutput(file!), texts };
  }
  if (ending === ".sqlite" || ending === ".db") {
    const { sqliteOutput } = await import("./sqlite_file.ts");
    return {
      make(file) {
        file!.close();
        return sqliteOutput(out);
      },
      texts,
    };
  }
  if (ending === ".lp") {
    const { lineProtocol } = await import("./line_protocol.ts");
    const table = { header: "", rows: lineProtocol, end: () => "" };
    return { make: (file) => textOutput(file, table), texts };
  }
  const { csvTable, jsonlTable } = await import("./text_tables.ts");
  const table = ending === ".jsonl" ? jsonlTable() : csvTable(options, sensors);
  return {
    make: (file) => textOutput(file, table),
    texts: table.texts ?? texts,
  };
}
