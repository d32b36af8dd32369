// The mean of every ten readings of one sensor, ended by Ctrl-C.
import {
  chunks,
  filter,
  map,
  mqtt,
  parse,
  pipe,
  print,
  stamp,
} from "../pipeline/mod.ts";

const ending = new AbortController();
Deno.addSignalListener("SIGINT", () => ending.abort());

await pipe(
  mqtt("mqtt://localhost", "sensor-data", { signal: ending.signal }),
  parse(),
  stamp(),
  filter((event) => event.sensor_id === "lux-1"),
  chunks(10),
  map((events) => ({
    ...events.at(-1)!,
    val: events.reduce((sum, { val }) => sum + Number(val), 0) / events.length,
  })),
  print(),
);
