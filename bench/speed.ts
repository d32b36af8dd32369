import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bundle } from "../build/bundle.ts";
import { makeCertificates } from "../tests/helpers/certificates.ts";
import { findContenders } from "./contenders.ts";
import { measure } from "./measure.ts";
import { print } from "./printed.ts";
import { startBroker } from "./start_broker.ts";
import { formatFlood, formatTable, type Runs } from "./table.ts";

/** How many messages a second a flood is. */
const FLOOD = 100_000;

/**
 * Measures weir side by side with other clients: events a second from the
 * socket to the finished file, peak memory, and how long it takes from the
 * start to the first row; then with objects of 8 fields, and over TLS. The
 * contenders take turns, so that noise on the machine hits all of them alike.
 * And how much of a flood weir records, with its terminal UI and without.
 */
export async function benchSpeed(
  messages: number,
  runs: number,
): Promise<void> {
  const { main } = await bundle("dist/bench");
  const { contenders, leftOut } = findContenders(main);
  for (const text of leftOut) {
    print(`Left out, as it is not here: ${text}`);
  }
  print(`${messages.toLocaleString("en-US")} messages, runs: ${runs}`);

  // Beside the code, for weir from source may write nowhere else.
  const folder = await Deno.makeTempDir({
    dir: fileURLToPath(import.meta.resolve("./")),
    prefix: "out-",
  });
  const file = `${folder}/rows.csv`;
  const empty = (contender: Runs["contender"]): Runs => (
    { contender, results: [], floods: [], startUps: [] }
  );
  const variants = contenders.filter(({ variants }) => variants);
  try {
    using brief = await startBroker(1);
    using broker = await startBroker(messages);
    using flood = await startBroker(messages, { rate: FLOOD });
    const all = contenders.map(empty);
    for (let run = 1; run <= runs; run++) {
      for (const { contender, results, floods, startUps } of all) {
        console.error(`run ${run}: ${contender.name}`);
        startUps.push((await measure(contender, brief, file)).startUp);
        results.push(await measure(contender, broker, file));
        if (contender.flood) floods.push(await measure(contender, flood, file));
      }
    }
    print(`\n${formatTable(all)}\n\n${formatFlood(all, FLOOD)}`);

    const eighth = Math.ceil(messages / 8);
    using objects = await startBroker(eighth, { payloads: "objects" });
    const others = [{ title: "objects of 8 fields", broker: objects }];
    const withTls = !spawnSync("openssl", ["version"]).error;
    const tls = withTls ? await makeCertificates(folder) : undefined;
    using secure = tls && await startBroker(eighth, { tls });
    if (secure) others.push({ title: "over TLS", broker: secure });
    else print("Left out, as it is not here: TLS (Debian: openssl)");
    for (const { title, broker } of others) {
      const all = variants.map(empty);
      for (let run = 1; run <= runs; run++) {
        for (const { contender, results } of all) {
          console.error(`run ${run}, ${title}: ${contender.name}`);
          results.push(await measure(contender, broker, file));
        }
      }
      print(`\n${formatTable(all, title)}`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
