/**
 * Records to a CSV on a disk that takes a while for each batch: does what comes
 * in meanwhile pile up in memory?
 *
 *     deno run bench/slow_sink.ts URL MESSAGES FILE
 *
 * @module
 */
import {
  csv,
  mqtt,
  parse,
  pipe,
  type SensorEvent,
  type Stage,
  stamp,
  take,
} from "../pipeline/mod.ts";

const [url, messages, file] = Deno.args;

const dawdle: Stage<SensorEvent, SensorEvent> = async function* (flow) {
  for await (const batch of flow) {
    await new Promise((resolve) => setTimeout(resolve, 3));
    yield batch;
  }
};

await pipe(
  mqtt(url, "sensor-data"),
  parse(),
  stamp(),
  take<SensorEvent>(Number(messages)),
  dawdle,
  csv(file),
);
Deno.exit();
