import { defineCommand } from "../cli/define_command.ts";
import {
  integer,
  oneOf,
  option,
  type Reader,
  seconds,
  text,
  toggle,
} from "../cli/define_option.ts";
import { DRIVERS, type Sensor } from "../firmware/simulator/sensor_drivers.ts";
import type { Board } from "../firmware/simulator/mod.ts";
import { counted } from "../pipeline/counted.ts";
import { WeirError } from "../pipeline/error.ts";
import { escape } from "../pipeline/escape.ts";
import { readBrokerUrl } from "../pipeline/mqtt/broker_url.ts";
import { checkTopic } from "../pipeline/mqtt/topic_filter.ts";
import { say } from "../pipeline/say.ts";
import {
  connectionOptions,
  readConnection,
} from "../cli/connection_options.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { asUsageError, UsageError } from "../cli/usage_error.ts";

/** Each takes about 15 MB. */
const MOST = 100;

/** Each takes a connection, and little more. */
const MOST_PLAIN = 10_000;

/** What a board prints that its owner wants to know. */
const NOTABLE =
  /^(E_|Connection successful|Restarted after|Traceback|\w+Error)/;

const sensorNames: Reader<Sensor[]> = (typed, name) =>
  typed.split(",").map((sensor) => {
    if (Object.hasOwn(DRIVERS, sensor)) return sensor as Sensor;
    throw new UsageError(
      `${name} takes ${Object.keys(DRIVERS).join(", ")}, not ${
        escape(sensor)
      }.`,
    );
  });

/** `weir sim`: virtual boards that run the sensor's firmware. */
export const command = defineCommand({
  description: "Run virtual boards with light sensors.\n\n" +
    "They run the firmware of the real ones, unmodified. They are called lux-1,\n" +
    "lux-2 and so on, and publish until Ctrl-C.",
  options: {
    count: option("--boards <count>", "Number of boards.", integer(1, MOST), {
      default: 10,
    }),
    broker: {
      ...connectionOptions.broker,
      help:
        "mqtt:// and a host. Also WEIR_BROKER. (default: mqtt://localhost:1883)",
    },
    topic: option("-t, --topic <topic>", "Publish on this topic.", text, {
      default: "sensor-data",
    }),
    interval: option(
      "--interval <seconds>",
      "Seconds between samples.",
      seconds(0.01),
      { default: 1 },
    ),
    sensors: option(
      "--sensors <names>",
      `What each board has, with commas: ${
        Object.keys(DRIVERS).join(", ")
      }. (default: tsl2591)`,
      sensorNames,
    ),
    qos: option(
      "-q, --qos <level>",
      "Quality of service: 0 or 1.",
      oneOf(0, 1),
      { default: 0 },
    ),
    username: connectionOptions.username,
    passwordFile: connectionOptions.passwordFile,
    chaos: toggle(
      "--chaos",
      "Cause faults: Wi-Fi, sensor, power, flash, broker.",
    ),
    light: option(
      "--light <count>",
      "In their place, so many plain publishers with the same topics and signals, for load.",
      integer(1, MOST_PLAIN),
    ),
    verbose: toggle("--verbose", "Show all that the boards print."),
    repl: option(
      "--repl <port>",
      "Serve the prompt of lux-1 on this port of 127.0.0.1, of lux-2 on the next; with socat and deno run -A, also as terminal devices.",
      integer(1, 65_535),
    ),
  },
  examples: [
    ["Ten boards for the broker on this machine", "weir sim"],
    ["And a recording of them", "weir record sensor-data lux.csv"],
    ["A thousand publishers, for load", "weir sim --light 1000"],
    ["Air, and not light", "weir sim --sensors bme280,dht22"],
    ["How a recording takes trouble", "weir sim --boards 3 --chaos"],
  ],
  async action(
    { count, topic, interval, sensors, light, verbose, repl, ...options },
  ) {
    if (light !== undefined && (options.chaos || verbose || repl || sensors)) {
      throw new UsageError(
        "--light publishes without boards: leave out --chaos, --verbose, --sensors and --repl.",
      );
    }
    if (repl !== undefined && repl + count > 65_536) {
      throw new UsageError("--repl is from 1 to 65535, for all boards.");
    }
    asUsageError(() => checkTopic(topic));
    const { url, shown, qos, connect } = await readConnection(options);
    const { protocol, hostname, port } = readBrokerUrl(url);
    if (protocol !== "mqtt:") {
      throw new UsageError(
        `Boards speak plain MQTT only: mqtt://, not ${shown}.`,
      );
    }
    await findBroker(shown, hostname, port);

    using ending = endOnSignals();
    const common = {
      broker: {
        host: hostname,
        port,
        user: connect.username,
        password: connect.password,
      },
      topic,
      interval,
      signal: ending.signal,
    };
    const tellStarted = (count: number, what: string) =>
      say(
        `${counted(count, what)} ${
          count === 1 ? "publishes" : "publish"
        } to ${topic} at ${shown}, every ${interval} s`,
      );
    if (light !== undefined) {
      const { startPlainBoards } = await import(
        "../firmware/simulator/plain_boards.ts"
      );
      const counts = await startPlainBoards({
        ...common,
        count: light,
        qos,
        onStarted: () => tellStarted(light, "plain publisher"),
      });
      say(
        `${
          counted(counts.published, "sample")
        } published, ${counts.late} of them over 50 ms late, and ${counts.dropped} dropped without a connection`,
      );
      return;
    }
    const { chaos, openPty, serveRepl, startBoards } = await import(
      "../firmware/simulator/mod.ts"
    );
    const boards = await startBoards({
      ...common,
      count,
      sensors,
      config: { MQTT_QOS: qos },
      onOutput: tellLines(verbose ? /./ : NOTABLE),
    });
    await using prompts = new AsyncDisposableStack();
    if (repl !== undefined) {
      for (const [index, board] of (boards as Board[]).entries()) {
        const { port } = prompts.use(serveRepl(board, repl + index));
        const tell = (where: string) =>
          say(`lux-${index + 1}: prompt at ${where}`);
        const pty = await openPty(port, tell);
        if (pty) prompts.use(pty);
        tell(`tcp://127.0.0.1:${port}${pty ? ` and ${pty.path}` : ""}`);
      }
    }
    tellStarted(count, "board");
    if (options.chaos) {
      await chaos(boards, {
        signal: ending.signal,
        tell: (index, what) => say(`lux-${index + 1} ${what}`),
      });
    }
    await Promise.all(boards.map((board: Board) => board.off));
  },
});

/** Whether somebody listens there: told at once, and not ten times by ten boards. */
async function findBroker(shown: string, hostname: string, port: number) {
  try {
    (await Deno.connect({ hostname, port })).close();
  } catch (error) {
    const reason = error instanceof Deno.errors.ConnectionRefused
      ? "connection refused"
      : (error as Error).message;
    throw new WeirError(
      "ERR_WEIR_UNREACHABLE",
      `Cannot connect to ${shown}: ${reason}. Is the broker running?`,
      { facts: { help: "start-broker" } },
    );
  }
}

/** Puts what boards print, which comes in pieces, on stderr line by line. */
function tellLines(which: RegExp): (text: string, sensorId: string) => void {
  const rest = new Map<string, string>();
  return (text, id) => {
    const lines = ((rest.get(id) ?? "") + text).split(/\r?\n/);
    rest.set(id, lines.pop()!);
    for (const line of lines) {
      if (which.test(line)) say(`${id}: ${escape(line)}`);
    }
  };
}
