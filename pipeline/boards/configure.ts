import type { IPublishPacket } from "mqtt";
import { WeirError } from "../error.ts";
import { answered } from "../mqtt/answered.ts";
import { checkSensorId } from "./ask.ts";
import type { ConnectOptions } from "../mqtt/client_options.ts";
import { connect, type Connection, disconnect } from "../mqtt/connect.ts";
import { subscribe } from "../mqtt/subscribe.ts";
import {
  type BoardConfig,
  isObject,
  readStatus,
  type Status,
} from "./board_status.ts";

/** What came of it. */
export interface Configured {
  /** What the broker keeps for the board now. */
  config: BoardConfig;
  /** What the board's status reports of it; undefined if it did not within the timeout. */
  board?: {
    /** What it applied. */
    applied: BoardConfig;
    /** What it refused, and why; `*` for all of it. */
    refused: Record<string, string>;
  };
  /** Whether the broker kept one before. */
  kept: boolean;
  /** The changes that the board refused and that were taken back. */
  takenBack: string[];
  /** `"online"` or `"offline"`, as in the board's last status; undefined if it has none. */
  state?: string;
}

/** Options of {@linkcode configure}. */
export interface ConfigureOptions extends ConnectOptions {
  /** Seconds to wait for what the board says. Default: 5. */
  timeout?: number;
  /** Whether what the broker kept so far is forgotten, and not added to. */
  reset?: boolean;
}

/** How long a broker may take to send what it keeps, in milliseconds. */
const RETAINED_MS = 500;

/**
 * Adds to the configuration that the broker keeps for a board on
 * `weir/<sensor_id>/config`, and waits for what the board says of it. The board
 * gets it at once, and at each start. What is undefined is taken away. A change
 * that the board refuses is taken back: the broker keeps what it kept before.
 * With nothing to change, it only looks.
 *
 * @throws {WeirError} if the connection fails, or what is kept there is none.
 *
 * @example
 * ```ts
 * import { broker, configure } from "../mod.ts";
 *
 * await using local = await broker({ port: 0 });
 * const options = { timeout: 0.1 };
 * await configure(local.url, "lux-1", { SLEEP_TIME: 10 }, options);
 * const { config } = await configure(local.url, "lux-1", {}, options);
 * if (config.SLEEP_TIME !== 10) throw config;
 * ```
 */
export async function configure(
  url: string,
  sensorId: string,
  changes: Record<string, BoardConfig[string] | undefined>,
  options: ConfigureOptions = {},
): Promise<Configured> {
  checkSensorId(sensorId);
  const { timeout = 5, reset = false } = options;
  const topic = `weir/${sensorId}/config`;
  let kept: string | undefined;
  let published = false;
  let status: Status = {};
  let look = () => {};
  const connection = await connect(url, options, {
    onMessage: ({ topic: from, payload, retain }: IPublishPacket, resume) => {
      const text = `${payload}`;
      // What was published also comes back.
      if (from === topic) kept = published ? kept : kept ?? text;
      // Before the board can have heard of it, its status is of the past.
      else if (!published || !retain) status = readStatus(text);
      look();
      resume();
    },
  });
  const until = (done: () => boolean, ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      look = () => {
        if (!done()) return;
        clearTimeout(timer);
        resolve();
      };
      look();
    });
  try {
    await subscribe(connection, [topic, `weir/${sensorId}/status`], 0);
    // Most brokers send what they keep before they answer a ping; some after it.
    await connection.acknowledgements?.confirm();
    await until(
      () => kept !== undefined && status.state !== undefined,
      RETAINED_MS,
    );
    const before = reset || !kept ? {} : readConfig(kept, topic);
    let config = merge(before, changes);
    const isAnswered = () => answers(status, config);
    const put = async () => {
      published = true;
      const text = Object.keys(config).length > 0 ? JSON.stringify(config) : "";
      const old = status;
      await publish(connection, topic, text);
      if (old.state !== "offline" && old.state !== undefined) {
        await until(() => status !== old && isAnswered(), timeout * 1000);
        if (status === old) status = { state: old.state };
      }
    };
    if ((reset && kept) || Object.keys(changes).length > 0) await put();
    const { applied, refused, state } = status;
    const board = applied && refused && isAnswered()
      ? { applied, refused }
      : undefined;
    const takenBack = Object.keys(changes).filter((name) =>
      board && (name in board.refused || "*" in board.refused) &&
      before[name] !== changes[name]
    );
    if (takenBack.length > 0) {
      const old = takenBack.map((name) => [name, before[name]]);
      config = merge(config, Object.fromEntries(old));
      await put();
    }
    return { config, board, kept: !!kept, takenBack, state };
  } finally {
    await disconnect(connection);
  }
}

/** Settings with changes; what is undefined in them is taken away. */
function merge(
  settings: BoardConfig,
  changes: Record<string, BoardConfig[string] | undefined>,
): BoardConfig {
  return Object.fromEntries(
    Object.entries({ ...settings, ...changes })
      .filter(([, value]) => value !== undefined),
  ) as BoardConfig;
}

/** Whether a status is about this configuration, and not about another. */
function answers({ applied, refused }: Status, config: BoardConfig): boolean {
  if (!applied || !refused) return false;
  if ("*" in refused) return true;
  const names = Object.keys(config);
  return names.every((name) =>
    name in refused || applied[name] === config[name]
  ) && Object.keys(applied).every((name) => names.includes(name));
}

async function publish(
  connection: Connection,
  topic: string,
  text: string,
): Promise<void> {
  try {
    // QoS 1: the broker has it when this is done.
    await answered(
      connection,
      "a message",
      connection.client.publishAsync(topic, text, { qos: 1, retain: true }),
    );
  } catch (error) {
    throw new WeirError(
      "ERR_WEIR_NOT_PUBLISHED",
      `The configuration was not published: ${
        (error as Error).message
      }. Does this user have the right to write it?`,
    );
  }
}

function readConfig(text: string, topic: string): BoardConfig {
  try {
    const config = JSON.parse(text);
    if (isObject(config)) return config as BoardConfig;
  } catch {
    // Said below.
  }
  throw new WeirError(
    "ERR_WEIR_BOARD",
    `The retained message on ${topic} is not a configuration.`,
    { facts: { topic, help: "reset-config" } },
  );
}
