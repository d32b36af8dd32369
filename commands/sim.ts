import { Command } from "@cliffy/command";
import type { Board } from "../firmware/simulator/mod.ts";
import { WeirError } from "../pipeline/mod.ts";
import { checkTopic } from "../pipeline/mqtt/topic_filter.ts";
import { readBrokerUrl } from "../pipeline/mqtt/broker_url.ts";
import { escape } from "../pipeline/escape.ts";
import {
  type ConnectionFlags,
  readConnection,
} from "../cli/connection_options.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { usage, UsageError } from "../cli/usage.ts";

interface SimFlags extends ConnectionFlags {
  boards?: number;
  topic?: string;
  interval?: number;
  chaos?: boolean;
  verbose?: boolean;
  repl?: number;
}

/** Each takes about 15 MB. */
const MOST = 100;

/** What a board prints that its owner wants to know. */
const NOTABLE =
  /^(E_|Connection successful|Restarted after|Traceback|\w+Error)/;

/** `weir sim`: virtual boards that run the sensor's firmware. */
export const sim = new Command()
  .description(
    "Run virtual boards with light sensors.\n\n" +
      "They run the firmware of the real ones, unmodified, are called lux-1, lux-2\n" +
      "and so on, and publish until Ctrl-C.",
  )
  .option("--boards <count:integer>", "How many boards.", { default: 10 })
  .option(
    "-b, --broker <url:string>",
    "mqtt:// and a host. Also WEIR_BROKER. Without either: mqtt://localhost:1883",
  )
  .option("-t, --topic <topic:string>", "Where they publish.", {
    default: "sensor-data",
  })
  .option("--interval <seconds:number>", "From sample to sample.", {
    default: 1,
  })
  .option("-q, --qos <level:integer>", "Quality of service: 0 or 1.", {
    default: 0,
  })
  .option("--username <name:string>", "User name. Also WEIR_USERNAME.")
  .option(
    "--password-file <file:string>",
    "File whose first line is the password; - for stdin. Also WEIR_PASSWORD.",
  )
  .option(
    "--chaos",
    "Let things go wrong: Wi-Fi, sensor, power, flash, broker.",
  )
  .option("--verbose", "Show all that the boards print.")
  .option(
    "--repl <port:integer>",
    "Serve the prompt of lux-1 on this port of 127.0.0.1, of lux-2 on the next;\n" +
      "with socat installed and deno run -A, also as terminal devices.",
  )
  .example("Ten boards for the broker on this machine", "weir sim")
  .example("And a recording of them", "weir record sensor-data lux.csv")
  .example("How a recording takes trouble", "weir sim --boards 3 --chaos")
  .action(async (flags: SimFlags) => {
    const { boards: count = 10, interval = 1, topic = "sensor-data" } = flags;
    if (count < 1 || count > MOST) {
      throw new UsageError(`--boards is from 1 to ${MOST}, not ${count}.`);
    }
    if (!(interval >= 0.01 && interval <= 86_400)) {
      throw new UsageError(
        `--interval is from 0.01 to 86400 seconds, not ${interval}.`,
      );
    }
    const { repl } = flags;
    if (repl !== undefined && !(repl >= 1 && repl + count <= 65_536)) {
      throw new UsageError("--repl is from 1 to 65535, for all boards.");
    }
    usage(() => checkTopic(topic));
    const { url, shown, qos, connect } = await readConnection(flags);
    const { protocol, hostname, port } = readBrokerUrl(url);
    if (protocol !== "mqtt:") {
      throw new UsageError(
        `Boards speak plain MQTT only: mqtt://, not ${shown}.`,
      );
    }
    if (qos > 1) throw new UsageError("Boards publish with --qos 0 or 1.");
    await findBroker(shown, hostname, port);

    using ending = endOnSignals();
    const { chaos, openPty, serveRepl, startBoards } = await import(
      "../firmware/simulator/mod.ts"
    );
    const boards = await startBoards({
      count,
      broker: {
        host: hostname,
        port,
        user: connect.username,
        password: connect.password,
      },
      topic,
      interval,
      config: { MQTT_QOS: qos },
      signal: ending.signal,
      onOutput: tellLines(flags.verbose ? /./ : NOTABLE),
    });
    await using prompts = new AsyncDisposableStack();
    if (repl !== undefined) {
      for (const [index, board] of (boards as Board[]).entries()) {
        const { port } = prompts.use(serveRepl(board, repl + index));
        const tell = (where: string) =>
          console.error(`lux-${index + 1}: prompt at ${where}`);
        const pty = await openPty(port, tell);
        if (pty) prompts.use(pty);
        tell(`tcp://127.0.0.1:${port}${pty ? ` and ${pty.path}` : ""}`);
      }
    }
    console.error(
      `${count} board${
        count === 1 ? " publishes" : "s publish"
      } to ${topic} at ${shown}, every ${interval} s`,
    );
    if (flags.chaos) {
      await chaos(boards, {
        signal: ending.signal,
        tell: (index, what) => console.error(`lux-${index + 1} ${what}`),
      });
    }
    await Promise.all(boards.map((board: Board) => board.off));
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
      `Cannot connect to ${shown}: ${reason}. Is the broker running? Try: weir broker`,
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
      if (which.test(line)) console.error(`${id}: ${escape(line)}`);
    }
  };
}
