/**
 * A bare mqtt.js client that counts messages and does nothing with them: how
 * fast weir could be if recording cost nothing.
 *
 *     deno run bench/count.ts URL MESSAGES [CA]
 *
 * @module
 */
import mqtt from "mqtt";

const url = Deno.args[0];
let left = Number(Deno.args[1]);

const ca = Deno.args[2] && Deno.readTextFileSync(Deno.args[2]);

const client = mqtt.connect(url, { protocolVersion: 5, ca });
client.on("message", () => {
  if (--left === 0) Deno.exit();
});
await client.subscribeAsync("sensor-data");
