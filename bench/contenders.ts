import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A program that takes messages from a broker, side by side with others. */
export interface Contender {
  /** What the table calls it. */
  name: string;
  /** Its command line; outside a terminal it ends after so many messages. */
  command(port: number, messages: number, file: string): string[];
  /** What it writes rows to, one for each message. It may write none. */
  rows?: "file" | "stdout";
  /** How many lines go before the rows. */
  header: number;
  /** Whether it needs a terminal; it is then quit when it has all messages. */
  terminal?: boolean;
  /** Whether it is also measured in a flood at a rate. */
  flood?: boolean;
  /** Whether it waits on purpose, so that its speed tells nothing. */
  waits?: boolean;
}

/** The contenders on this machine, and a line for each that is left out. */
export interface Field {
  contenders: Contender[];
  leftOut: string[];
}

const path = (file: string) => fileURLToPath(import.meta.resolve(file));
const url = (port: number) => `mqtt://127.0.0.1:${port}`;
const deno = (...args: string[]) => [Deno.execPath(), "run", ...args];

const WEIR: Contender = {
  name: "weir",
  command: (port, messages, file) => [
    ...deno("-P", path("../main.ts"), "record", "sensor-data", file),
    ...`--broker ${url(port)} --quiet --count ${messages}`.split(" "),
  ],
  rows: "file",
  header: 1,
  flood: true,
};

const WEIR_TUI: Contender = {
  name: "weir tui",
  command: (port, _messages, file) => [
    ...deno("-P", path("../main.ts"), "tui", "sensor-data", file),
    ...["--broker", url(port)],
  ],
  rows: "file",
  header: 1,
  terminal: true,
  flood: true,
};

const WEIR_SLOW: Contender = {
  name: "weir, slow sink",
  command: (port, messages, file) =>
    deno("-P", path("./slow_sink.ts"), url(port), `${messages}`, file),
  rows: "file",
  header: 1,
  waits: true,
};

const BARE: Contender = {
  name: "bare mqtt.js",
  command: (port, messages) =>
    deno("-P", path("./count.ts"), url(port), `${messages}`),
  header: 0,
};

const mosquitto = (name: string, ...format: string[]): Contender => ({
  name,
  command: (port, messages) => [
    ..."mosquitto_sub -h 127.0.0.1 -t sensor-data".split(" "),
    ...`-p ${port} -C ${messages}`.split(" "),
    ...format,
  ],
  rows: "stdout",
  header: 0,
});

const paho = (python: string): Contender => ({
  name: "paho (Python)",
  command: (
    port,
    messages,
    file,
  ) => [python, path("./server.py"), `${port}`, `${messages}`, file],
  rows: "file",
  header: 1,
});

/** Looks for what can be measured here. */
export function findContenders(): Field {
  const contenders = [WEIR];
  const leftOut: string[] = [];
  if (!spawnSync("tmux", ["-V"]).error) contenders.push(WEIR_TUI);
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
