/**
 * Tries durable recordings with the real brokers that are installed here, and
 * prints what came of it as a Markdown table: `deno task brokers`.
 *
 * @module
 */
import { readOptions } from "./read_options.ts";
import { REAL_BROKERS, type RealBroker } from "./real_brokers.ts";
import { TRIES, type Try, tryBroker, type TryResult } from "./try_broker.ts";

const values = readOptions("brokers", {
  brokers: [REAL_BROKERS.map(({ name }) => name).join(","), "Which ones."],
  tries: [TRIES.join(","), "What is done to each."],
  times: ["50", "How often, in each try."],
  messages: ["3000", "How many flow during a try."],
  quick: [false, "6 times and 300 messages."],
  together: [false, "All brokers at once."],
  seed: ["1", "Seed of the random numbers."],
});
const [times, messages] = values.quick
  ? [6, 300]
  : [Number(values.times), Number(values.messages)];
const seed = Number(values.seed);
const tries = TRIES.filter((name) => values.tries.split(",").includes(name));
const chosen = REAL_BROKERS.filter(({ name }) =>
  values.brokers.split(",").includes(name)
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
if (values.together) rows.push(...await Promise.all(chosen.map(row)));
else for (const broker of chosen) rows.push(await row(broker));

const date = new Date().toISOString().slice(0, 10);
const headings = [`Broker (${date})`, ...tries.map((name) => HEADINGS[name])];
console.log(`| ${headings.join(" | ")} |`);
console.log(`| ${headings.map(() => "---").join(" | ")} |`);
for (const line of rows) if (line) console.log(line);
