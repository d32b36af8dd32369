/**
 * Measures weir, all of it or the parts that are named: `deno task bench --help`.
 *
 * It runs with all permissions, for less do not let it read in /proc how much
 * memory the others have; weir is run with no more than it always has.
 *
 * @module
 */
import os from "node:os";
import { parseArgs } from "node:util";
import config from "../deno.json" with { type: "json" };
import { busyProcessors } from "./busy_processors.ts";
import { benchDurable } from "./durable.ts";
import { benchGrowth } from "./growth.ts";
import { benchFiles } from "./files.ts";
import { benchLane } from "./lane_speed.ts";
import { page, print } from "./printed.ts";
import { benchReading } from "./reading.ts";
import { benchReplay } from "./replay.ts";
import { benchRest } from "./rest.ts";
import { benchSpeed } from "./speed.ts";
import { benchStartup } from "./startup.ts";
import { benchPages } from "./with_pages.ts";

const PARTS: Record<string, (messages: number, runs: number) => Promise<void>> =
  {
    speed: benchSpeed,
    lane: benchLane,
    durable: benchDurable,
    rest: benchRest,
    growth: benchGrowth,
    startup: benchStartup,
    reading: benchReading,
    pages: benchPages,
    files: benchFiles,
    replay: benchReplay,
  };

/** What a part is called on the page. */
const TITLES: Record<string, string> = {
  speed: "From the socket to the finished CSV",
  lane: "From the stream to a message",
  durable: "Durable, through Mosquitto",
  rest: "At a message a second",
  growth: "More sensors, longer files",
};

/** What the tables follow on the page. */
const BEGIN = "<!-- deno task bench --write -->";

const HELP = `Usage: deno task bench [options]

  --messages <count>  Messages of a run. (default: 1000000)
  --runs <count>      Runs of each part. (default: 5)
  --part <name>       Measure this part alone; may be repeated.
  --write             Write the tables to docs/speed.md.
  -h, --help          Show this help.

Parts:
  speed    weir side by side with other MQTT clients
  lane     reading messages from a stream, beside bare mqtt.js
  durable  a durable recording through Mosquitto
  rest     processor time and memory at a message a second, for 35 seconds
  growth   more sensors and topics; longer recordings: of ten times --messages
  startup  how long commands take to start, and what they load
  reading  messages to events by rules, beside no rules
  pages    a recording with 100 open pages, beside none
  files    exporting a CSV of so many rows, beside Miller and DuckDB
  replay   publishing a recording again, beside mosquitto_pub -l`;

/** What the command line asks for; a mistake in it ends the process with 2. */
function readOptions() {
  try {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        messages: { type: "string", default: "1000000" },
        runs: { type: "string", default: "5" },
        part: { type: "string", multiple: true, default: Object.keys(PARTS) },
        write: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const [messages, runs] = [Number(values.messages), Number(values.runs)];
    if (!(messages >= 1 && runs >= 1)) {
      throw new TypeError("--messages and --runs are numbers, at least 1.");
    }
    const unknown = values.part.find((part) => !Object.hasOwn(PARTS, part));
    if (unknown !== undefined) {
      throw new TypeError(
        `--part is ${Object.keys(PARTS).join(", ")}, not ${unknown}.`,
      );
    }
    return { ...values, messages, runs };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n\n${HELP}`);
    Deno.exit(2);
  }
}

const { messages, runs, part: parts, write, help } = readOptions();
if (help) {
  console.log(HELP);
  Deno.exit();
}
print(
  `weir ${config.version}, Deno ${Deno.version.deno}, ${
    os.cpus()[0].model
  }, ${os.cpus().length} processors, ${
    Math.round(os.totalmem() / 1e9)
  } GB, ${Deno.build.target}.`,
);
for (const part of parts) {
  print(`\n## ${TITLES[part] ?? part}\n`);
  const busy = await busyProcessors();
  if (busy > 0.1) {
    print(
      `Busy machine: other programs use ${
        busy.toFixed(1)
      } of ${os.cpus().length} processors. Compare the ratios, not the rates.\n`,
    );
  }
  await PARTS[part](messages, runs);
}
if (write) {
  const file = new URL("../docs/speed.md", import.meta.url);
  const text = await Deno.readTextFile(file);
  const head = text.slice(0, text.indexOf(BEGIN) + BEGIN.length);
  await Deno.writeTextFile(file, `${head}\n\n${page()}`);
}
