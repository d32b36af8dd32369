// Records everything, and publishes an alarm when a door opens.
import {
  changes,
  csv,
  mqtt,
  parse,
  pipe,
  publish,
  stamp,
  tee,
} from "../pipeline/mod.ts";

const broker = "mqtt://localhost";

await pipe(
  mqtt(broker, "zigbee2mqtt/#"),
  parse(),
  stamp(),
  tee(async (flow) => {
    for await (const events of changes()(flow)) {
      for (const { sensor_id, val } of events) {
        if (sensor_id.endsWith("/contact") && val === false) {
          await publish(broker, "alarm", [`${sensor_id} is open`]);
        }
      }
    }
  }),
  csv("home.csv"),
);
