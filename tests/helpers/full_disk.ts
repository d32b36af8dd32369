/**
 * Records numbered readings to a small disk that is full for a while, and
 * prints what the recorder's states were and what came of it. Its argument is a
 * folder on such a disk; it runs in a process of its own because only there can
 * a test mount one.
 *
 * @module
 */
import { pipe, recorder, type SensorEvent } from "../../pipeline/mod.ts";

const [folder, maxWaiting] = Deno.args;
const filler = `${folder}/filler`;
const file = `${folder}/test.csv`;
const told: string[] = [];
const recording = recorder({
  log: (text) => told.push(text),
  maxWaiting: Number(maxWaiting),
});
const states: string[] = [];
let sent = 0;

async function* readings() {
  const next = (): SensorEvent[] =>
    Array.from({ length: 100 }, () => ({
      sensor_id: "lux-1",
      ts: 1484535480 + sent,
      val: sent++,
    }));
  const note = () => {
    const { state } = recording.snapshot();
    if (states.at(-1) !== state) states.push(state);
    return state;
  };
  await recording.start(file);
  note();
  yield next();
  await fill();
  // Rows of 45 bytes: some of them still find room.
  while (note() !== "error") yield next();
  // Readings go on coming while the disk is full.
  for (let batch = 0; batch < 5; batch++) yield next();
  await Deno.remove(filler);
  while (note() === "error") {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  yield next();
}

/** Writes until nothing more fits. */
async function fill(): Promise<void> {
  using out = await Deno.open(filler, { create: true, write: true });
  try {
    while (true) await out.write(new Uint8Array(4096));
  } catch {
    // No space left.
  }
}

await pipe(readings(), recording);
const rows = (await Deno.readTextFile(file)).split("\r\n").slice(1, -1);
const { synced, lost } = recording.snapshot();
console.log(JSON.stringify({
  states,
  told,
  sent,
  synced,
  lost,
  values: rows.map((row) => Number(row.split(",")[3])),
}));
