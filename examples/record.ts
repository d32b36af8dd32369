// A subscription to a CSV, in six lines.
import { csv, mqtt, parse, pipe, print, stamp, tee } from "../pipeline/mod.ts";

await pipe(
  mqtt("mqtt://localhost", "sensor-data"),
  parse(),
  stamp(),
  tee(print()),
  csv("test.csv"),
);
