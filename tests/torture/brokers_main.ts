/**
 * Tries durable recordings with the real brokers that are installed here, and
 * prints what came of it as a Markdown table: `deno task brokers`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { REAL_BROKERS, type RealBroker } from "./real_brokers.ts";
import { TRIES, type Try, tryBroker, type TryResult } from "./try_broker.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    times: { type: "string" },
    messages: { type: "string" },
    tries: { type: "string", default: TRIES.join(",") },
    seed: { type: "string", default: `${Date.now() % 1_000_000}` },
    "side-by-side": { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(`deno task brokers [--quick] [BROKER…]

Brokers: ${REAL_BROKERS.map(({ name }) => name).join(", ")}. Default: all.

  --quick          6 faults and 300 messages a try, not 50 and 3,000
  --times N        So many faults a try
  --messages N     So many messages a try
  --tries LIST     Of: ${TRIES.join(", ")}. Default: all
  --side-by-side   All brokers at once
  --seed N         Decides the moments`);
  Deno.exit(0);
}
const times = Number(values.times ?? (values.quick ? 6 : 50));
const messages = Number(values.messages ?? (values.quick ? 300 : 3000));
const seed = Number(values.seed);
const tries = TRIES.filter((name) => values.tries.split(",").includes(name));
const chosen = REAL_BROKERS.filter(({ name }) =>
  positionals.length === 0 || positionals.includes(name)
);

/** What came of each try, for one row of the table. */
async function row(broker: RealBroker): Promise<string | undefined> {
  const version = await broker.version();
  if (version === undefined) {
    console.error(`${broker.name} is not installed.`);
    return undefined;
  }
  await using running = await broker.start();
  const cells: string[] = [];
  for (const what of tries) {
    const started = performance.now();
    const cell = await tryBroker(broker, running, what, {
      times,
      messages,
      seed,
    }).then(show, (error) => `failed: ${(error as Error).message}`);
    cells.push(cell.split("\n")[0]);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.error(`${version}, ${what}: ${cell} (${seconds} s)`);
  }
  return `| ${[version, ...cells].join(" | ")} |`;
}

function show({ lost, doubled, possiblyDoubled }: TryResult): string {
  const said = possiblyDoubled > 0 ? ` (${possiblyDoubled} said)` : "";
  return `${lost} lost, ${doubled} doubled${said}`;
}

const HEADINGS: Record<Try, string> = {
  lost: "acknowledgements lost",
  kill: "weir killed",
  cut: "connection cut",
  alike: "all three, equal payloads",
};

console.error(`seed ${seed}, ${times} faults and ${messages} messages a try`);
const rows: (string | undefined)[] = [];
if (values["side-by-side"]) rows.push(...await Promise.all(chosen.map(row)));
else for (const broker of chosen) rows.push(await row(broker));

const date = new Date().toISOString().slice(0, 10);
const headings = [`Broker (${date})`, ...tries.map((name) => HEADINGS[name])];
console.log(`| ${headings.join(" | ")} |`);
console.log(`| ${headings.map(() => "---").join(" | ")} |`);
for (const line of rows) if (line) console.log(line);
