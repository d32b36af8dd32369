import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { bundle } from "../build/bundle.ts";
import { type Contender, findContenders } from "./contenders.ts";
import { launch, type Running } from "./launch.ts";
import { print } from "./printed.ts";
import { startBroker } from "./start_broker.ts";
import { align } from "./table.ts";

/** How long they start before they are looked at, and how long that takes, in s. */
const SETTLING = 5;
const WATCHING = 30;

/** What is compared, by its name, and how many messages a second it gets. */
const RATES: Record<string, number> = {
  "weir": 1,
  "bare mqtt.js": 1,
  "mosquitto_sub": 1,
  "weir tui": 40,
};

/**
 * Measures what clients need that have nearly nothing to do: processor time and
 * memory at one message a second; and the terminal UI with 40 sensors that each
 * send one a second. All run side by side. Only on Linux: it reads /proc.
 */
export async function benchRest(): Promise<void> {
  const { main } = await bundle("dist/bench");
  const { contenders } = findContenders(main);
  const folder = await Deno.makeTempDir({
    dir: fileURLToPath(import.meta.resolve("./")),
    prefix: "out-",
  });
  const watch = async (contender: Contender): Promise<string[]> => {
    const { name } = contender;
    const rate = RATES[name];
    const payloads = rate > 1 ? "40 sensors" : "readings";
    using broker = await startBroker(1000 * rate, { rate, payloads });
    const file = `${folder}/${name}.csv`;
    const command = contender.command(broker, file);
    await using running = await launch(contender, command, file);
    // It is stopped, and not asked to end.
    running.end.catch(() => {});
    await setTimeout(SETTLING * 1000);
    const before = await look(running);
    await setTimeout(WATCHING * 1000);
    const after = await look(running);
    const seconds = after.seconds - before.seconds;
    const drawn = after.drawn - before.drawn;
    return [
      `${name}, ${rate}/s`,
      (seconds / WATCHING * 60).toFixed(2),
      (seconds / WATCHING * 100).toFixed(1),
      (after.memory / 1e6).toFixed(0),
      running.drawn ? Math.round(drawn / WATCHING).toLocaleString("en-US") : "",
    ];
  };
  try {
    const rows = await Promise.all(
      contenders.filter(({ name }) => Object.hasOwn(RATES, name)).map(watch),
    );
    print(align([
      ["", "CPU s/min", "% of a core", "memory, MB", "drawn, bytes/s"],
      ...rows,
    ]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What a process has used so far, and what it has drawn (proc(5)). */
async function look(
  running: Running,
): Promise<{ seconds: number; memory: number; drawn: number }> {
  const pid = await running.pid();
  let nanoseconds = 0;
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    const path = `/proc/${pid}/task/${name}/schedstat`;
    // A thread may end in between.
    const stat = await Deno.readTextFile(path).catch(() => "0");
    nanoseconds += Number(stat.split(" ")[0]);
  }
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return {
    seconds: nanoseconds / 1e9,
    memory: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024,
    drawn: (await running.drawn?.())?.length ?? 0,
  };
}
