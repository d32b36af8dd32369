import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bundle } from "../build/bundle.ts";
import { freePort } from "../tests/helpers/mosquitto.ts";
import { type Contender, findContenders } from "./contenders.ts";
import { measure, type Result } from "./measure.ts";
import { startBroker } from "./start_broker.ts";
import { median } from "./table.ts";

/** How many pages are open. */
const PAGES = 100;

/**
 * Measures what a page costs a recording, in turns, from the socket to the
 * finished file: to serve one, and to have 100 of them open. The pages are read by a process
 * of its own, which shares the processors with weir.
 */
export async function benchPages(
  messages: number,
  runs: number,
): Promise<void> {
  const { main } = await bundle("dist/bench");
  const { contenders: [weir] } = findContenders(main);
  const folder = await Deno.makeTempDir({
    dir: fileURLToPath(import.meta.resolve("./")),
    prefix: "out-",
  });
  const served: Pair[] = [];
  const opened: Pair[] = [];
  try {
    using broker = await startBroker(messages);
    for (let run = 1; run <= runs; run++) {
      console.error(`run ${run}`);
      const file = `${folder}/rows.csv`;
      const port = freePort();
      const serving: Contender = {
        ...weir,
        command: (...args) => [...weir.command(...args), "--http", `${port}`],
      };
      const alone = await measure(weir, broker, file);
      const none = await measure(serving, broker, file);
      using pages = openPages(`http://127.0.0.1:${port}/events`);
      const open = await measure(serving, broker, file);
      if (!pages.open()) {
        // A few messages are recorded before a page is open.
        console.log(
          `The recording was over before ${PAGES} pages were open. Use more --messages.`,
        );
        return;
      }
      served.push([none, alone]);
      opened.push([open, none]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  tell("with --http, beside none", served);
  tell(`with ${PAGES} open pages, beside none`, opened);
}

/** A result, and the one that it is compared with. */
type Pair = readonly [Result, Result];

function tell(what: string, pairs: readonly Pair[]): void {
  const told = (ratios: number[]) =>
    `${median(ratios).toFixed(2)} (${
      ratios.map((ratio) => ratio.toFixed(2)).join(", ")
    })`;
  const rates = pairs.map(([a, b]) => a.rowsPerSecond / b.rowsPerSecond);
  const times = pairs.map(([{ processor: a = NaN }, { processor: b = NaN }]) =>
    a / b
  );
  console.log(
    `${what}: rows a second × ${told(rates)}, processor time × ${told(times)}`,
  );
}

/** Opens pages as soon as they are served. */
function openPages(url: string): { open(): boolean } & Disposable {
  const script = fileURLToPath(import.meta.resolve("./open_pages.ts"));
  const child = spawn(
    Deno.execPath(),
    ["run", "-P", script, url, `${PAGES}`],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let open = false;
  child.stdout!.once("data", () => open = true);
  return { open: () => open, [Symbol.dispose]: () => void child.kill() };
}
