import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { SensorEvent } from "../event.ts";
import { checkEvent } from "../recording/row_format.ts";
import { writeAll } from "../write_all.ts";
import type { Output } from "./output.ts";

/** A row group has so many rows. */
const GROUP = 50_000;

/**
 * Parquet: the time as TIMESTAMP(ms, UTC), numbers in one column, and texts,
 * true and false in another.
 */
export function parquetOutput(file: Deno.FsFile): Output {
  const bytes = new ByteWriter();
  // The writer calls it after each row group.
  const drain = async () => {
    await writeAll(file, new Uint8Array(bytes.buffer, 0, bytes.index));
    bytes.index = 0;
  };
  const writer = new ParquetWriter({
    writer: Object.assign(bytes, { flush: drain }),
    createdBy: "weir",
    schema: [
      { name: "root", num_children: 5 },
      {
        name: "timestamp",
        type: "INT64",
        converted_type: "TIMESTAMP_MILLIS",
        logical_type: {
          type: "TIMESTAMP",
          isAdjustedToUTC: true,
          unit: "MILLIS",
        },
        repetition_type: "REQUIRED",
      },
      text("sensor_id", "REQUIRED"),
      { name: "value", type: "DOUBLE", repetition_type: "OPTIONAL" },
      text("text", "OPTIONAL"),
      text("topic", "OPTIONAL"),
    ],
  });
  let waiting: SensorEvent[] = [];
  const flush = async () => {
    const group = waiting;
    waiting = [];
    await writer.write({
      rowGroupSize: GROUP,
      columnData: [
        { name: "timestamp", data: group.map(({ ts }) => inMs(ts)) },
        { name: "sensor_id", data: group.map(({ sensor_id }) => sensor_id) },
        {
          name: "value",
          data: group.map(({ val }) => typeof val === "number" ? val : null),
        },
        {
          name: "text",
          data: group.map(({ val }) =>
            typeof val === "number" ? null : `${val}`
          ),
        },
        { name: "topic", data: group.map(({ topic }) => topic ?? null) },
      ],
    });
  };
  return {
    async write(events) {
      events.forEach(checkEvent);
      waiting.push(...events);
      if (waiting.length >= GROUP) await flush();
    },
    async close() {
      if (waiting.length > 0) await flush();
      await writer.finish();
      await drain();
      await file.sync();
      file.close();
    },
    abort: () => file.close(),
  };
}

const inMs = (ts: number) => BigInt(Math.round(ts * 1000));

const text = (name: string, repetition_type: "REQUIRED" | "OPTIONAL") =>
  ({
    name,
    type: "BYTE_ARRAY",
    converted_type: "UTF8",
    logical_type: { type: "STRING" },
    repetition_type,
  }) as const;
