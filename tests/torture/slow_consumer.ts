/**
 * Takes numbered messages from the broker at URL, COUNT of them, with a sink that
 * is slower than the keepalive allows for as long as SLOW batches; the others wait
 * at the broker. Prints what came of it, as JSON:
 *
 *     deno run -A tests/torture/slow_consumer.ts URL COUNT SLOW
 *
 * @module
 */
import { mqtt } from "../../pipeline/mod.ts";

const [url, count, slow] = Deno.args;
const stop = new AbortController();
const decoder = new TextDecoder();
let connections = 0;
let batches = 0;
let taken = 0;
let inOrder = true;
let [before, peak] = [0, 0];

const watch = setInterval(() => {
  peak = Math.max(peak, Deno.memoryUsage().rss);
}, 50);
const flow = mqtt(url, "t", {
  qos: 1,
  keepalive: 1,
  signal: stop.signal,
  onStatus({ state }) {
    if (state !== "connected") return;
    connections++;
    before = Deno.memoryUsage().rss;
    console.log("connected");
  },
});
for await (const batch of flow) {
  for (const { payload } of batch) {
    inOrder &&= parseInt(decoder.decode(payload.subarray(0, 10))) === taken++;
  }
  if (taken >= Number(count)) stop.abort();
  else if (batches++ < Number(slow)) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}
clearInterval(watch);
const grown = Math.round((peak - before) / 1e6);
console.log(JSON.stringify({ taken, inOrder, connections, grown }));
