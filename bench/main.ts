/**
 * Measures weir side by side with other clients: events a second from the
 * socket to the finished file, peak memory, and how long it takes from the
 * start to the first row. The contenders take turns, so that noise on the
 * machine hits all of them alike.
 *
 *     deno task bench [--messages N] [--runs R]
 *
 * It runs with all permissions, for less do not let it read in /proc how much
 * memory the others have; weir is run with no more than it always has.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { findContenders } from "./contenders.ts";
import { measure } from "./measure.ts";
import { startBroker } from "./start_broker.ts";
import { formatTable, type Runs } from "./table.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    messages: { type: "string", default: "1000000" },
    runs: { type: "string", default: "5" },
  },
});
const messages = Number(values.messages);
const runs = Number(values.runs);
if (!(messages >= 1 && runs >= 1)) {
  console.error("--messages and --runs are numbers, at least 1.");
  Deno.exit(2);
}

const { contenders, leftOut } = findContenders();
for (const text of leftOut) console.log(`Left out, as it is not here: ${text}`);
console.log(`${messages.toLocaleString("en-US")} messages, runs: ${runs}`);

// Beside the code, for weir may write nowhere else.
const folder = await Deno.makeTempDir({
  dir: fileURLToPath(import.meta.resolve("./")),
  prefix: "out-",
});
try {
  using broker = await startBroker(messages);
  using brief = await startBroker(1);
  const all: Runs[] = contenders
    .map((contender) => ({ contender, results: [], startUps: [] }));
  for (let run = 1; run <= runs; run++) {
    for (const { contender, results, startUps } of all) {
      console.error(`run ${run}: ${contender.name}`);
      const file = `${folder}/rows.csv`;
      startUps.push((await measure(contender, brief, file)).startUp);
      results.push(await measure(contender, broker, file));
    }
  }
  console.log(`\n${formatTable(all)}`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
