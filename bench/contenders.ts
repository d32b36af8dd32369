import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { FLAGS } from "../build/executable_flags.ts";
import type { BenchBroker } from "./start_broker.ts";

/** A program that takes messages from a broker, side by side with others. */
export interface Contender {
  /** What the table calls it. */
  name: string;
  /** Its command line; outside a terminal it ends after all messages. */
  command(broker: BenchBroker, file: string): string[];
  /** What it writes rows to, one for each message. It may write none. */
  rows?: "file" | "stdout";
  /** How many lines go before the rows. */
  header: number;
  /** Whether it needs a terminal; it is then quit when it has all messages. */
  terminal?: boolean;
  /** Whether it is also measured in a flood at a rate. */
  flood?: boolean;
  /** Whether it is also measured with other payloads, and over TLS. */
  variants?: boolean;
  /** Whether it waits on purpose, so that its speed tells nothing. */
  waits?: boolean;
}

/** The contenders on this machine, and a line for each that is left out. */
export interface Field {
  contenders: Contender[];
  leftOut: string[];
}

const path = (file: string) => fileURLToPath(import.meta.resolve(file));
const urlOf = ({ port, ca }: BenchBroker) =>
  ca ? `mqtts://localhost:${port}` : `mqtt://127.0.0.1:${port}`;
const deno = (...args: string[]) => [Deno.execPath(), "run", "-q", ...args];

/** What makes weir record all messages of a broker. */
const record = (broker: BenchBroker, file: string) => [
  ...["record", "sensor-data", file, "--broker", urlOf(broker), "--quiet"],
  ...["--count", `${broker.messages * broker.events}`],
  ...broker.ca ? ["--ca", broker.ca] : [],
];

/** weir as `deno task install` makes it. */
const installed = (main: string): Contender => ({
  name: "weir",
  command: (broker, file) => [
    ...deno("--no-lock", ...FLAGS, main),
    ...record(broker, file),
  ],
  rows: "file",
  header: 1,
  flood: true,
  variants: true,
});

const WEIR_SOURCE: Contender = {
  name: "weir, from source",
  command: (broker, file) => [
    ...deno("-P", path("../main.ts")),
    ...record(broker, file),
  ],
  rows: "file",
  header: 1,
};

const tui = (main: string): Contender => ({
  name: "weir tui",
  command: (broker, file) => [
    ...deno("--no-lock", ...FLAGS, main, "tui", "sensor-data", file),
    ...["--broker", urlOf(broker)],
  ],
  rows: "file",
  header: 1,
  terminal: true,
  flood: true,
});

const WEIR_SLOW: Contender = {
  name: "weir, slow sink",
  command: (broker, file) => [
    ...deno("-P", path("./slow_sink.ts"), urlOf(broker)),
    ...[`${broker.messages}`, file],
  ],
  rows: "file",
  header: 1,
  waits: true,
};

const BARE: Contender = {
  name: "bare mqtt.js",
  command: (broker) => [
    ...deno("-P", path("./count.ts"), urlOf(broker), `${broker.messages}`),
    ...broker.ca ? [broker.ca] : [],
  ],
  header: 0,
  variants: true,
};

const mosquitto = (name: string, ...format: string[]): Contender => ({
  name,
  command: ({ port, messages, ca }) => [
    ...["mosquitto_sub", "-h", ca ? "localhost" : "127.0.0.1"],
    ..."-t sensor-data".split(" "),
    ...`-p ${port} -C ${messages}`.split(" "),
    ...ca ? ["--cafile", ca] : [],
    ...format,
  ],
  rows: "stdout",
  header: 0,
  variants: format.length === 0,
});

const paho = (python: string): Contender => ({
  name: "paho (Python)",
  command: ({ port, messages }, file) => [
    ...[python, path("./server.py"), `${port}`, `${messages}`, file],
  ],
  rows: "file",
  header: 1,
});

/** Looks for what can be measured here. `main` is the bundle's main file. */
export function findContenders(main: string): Field {
  const contenders = [installed(main), WEIR_SOURCE];
  const leftOut: string[] = [];
  if (!spawnSync("tmux", ["-V"]).error) contenders.push(tui(main));
  else leftOut.push("weir tui, for want of a terminal (Debian: tmux)");
  contenders.push(BARE);
  if (!spawnSync("mosquitto_sub", ["--version"]).error) {
    contenders.push(
      mosquitto("mosquitto_sub"),
      mosquitto("mosquitto_sub -F", "-F", "%U,%I,%p"),
    );
  } else {
    leftOut.push("mosquitto_sub (Debian: mosquitto-clients)");
  }
  // A Python of one's own often goes before the one that Debian's paho is for.
  const python = ["python3", "/usr/bin/python3"]
    .find((python) =>
      spawnSync(python, ["-c", "import paho.mqtt.subscribe"]).status === 0
    );
  if (python) contenders.push(paho(python));
  else leftOut.push("paho (Debian: python3-paho-mqtt)");
  contenders.push(WEIR_SLOW);
  return { contenders, leftOut };
}
