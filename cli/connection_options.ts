import { readBrokerUrl } from "../pipeline/mqtt/broker_url.ts";
import { say } from "../pipeline/say.ts";
import type { ConnectionSettings } from "../run/run_settings.ts";
import {
  oneOf,
  option,
  repeatable,
  text,
  toggle,
  type Values,
} from "./define_option.ts";
import { asUsageError, UsageError } from "./usage_error.ts";

/** Broker address and login. */
export const connectionOptions = {
  broker: option(
    "-b, --broker <url>",
    "pi, pi:1884, or mqtts://, ws://, wss:// and a host. Also WEIR_BROKER. (default: localhost:1883)",
    text,
  ),
  qos: option(
    "-q, --qos <level>",
    "Quality of service: 0, 1 or 2. (default: 0)",
    oneOf(0, 1, 2),
  ),
  clientId: option(
    "--client-id <id>",
    "MQTT client id. (default: random)",
    text,
  ),
  mqtt: option(
    "--mqtt <version>",
    "MQTT version: 5, or 3 for 3.1.1. (default: 5, then 3 if the broker refuses 5)",
    oneOf(3, 5),
  ),
  username: option("--username <name>", "User name. Also WEIR_USERNAME.", text),
  passwordFile: option(
    "--password-file <file>",
    "File whose first line is the password; - for stdin. Also WEIR_PASSWORD.",
    text,
  ),
  ca: option("--ca <file>", "Certificates to trust, PEM.", text),
  cert: option("--cert <file>", "Client certificate, PEM; with --key.", text),
  key: option("--key <file>", "Key of the client certificate, PEM.", text),
  insecure: toggle(
    "--insecure",
    "Accept any certificate. Anybody in between can then read and forge.",
  ),
};

/** The same of a command that goes on with another address when one fails. */
export const clusterOptions = {
  ...connectionOptions,
  broker: repeatable(
    "-b, --broker <url>",
    "pi, pi:1884, or mqtts://, ws://, wss:// and a host. Also WEIR_BROKER. (default: localhost:1883) Give it again for each other node of a cluster.",
    text,
  ),
};

/** Their values; a command leaves out the options that it does not take. */
export type ConnectionValues = Partial<
  Omit<Values<typeof connectionOptions>, "broker"> & {
    broker: string | readonly string[];
  }
>;

/**
 * The settings of a connection: from its options, then from the environment.
 *
 * @throws {UsageError} if they are wrong or a file cannot be read.
 */
export async function readConnection(
  flags: ConnectionValues,
): Promise<ConnectionSettings> {
  const typed = [flags.broker ?? []].flat();
  const urls =
    (typed.length > 0 ? typed : [Deno.env.get("WEIR_BROKER") ?? "localhost"])
      .map(withScheme);
  const brokers = urls.map((url) => asUsageError(() => readBrokerUrl(url)));
  // It has one login, whatever its address.
  const broker = brokers.find(({ username }) => username !== undefined) ??
    brokers[0];
  const { qos = 0, mqtt } = flags;
  if ((flags.cert === undefined) !== (flags.key === undefined)) {
    throw new UsageError("--cert and --key go together.");
  }
  const open = brokers.find(({ protocol }) => !/^(mqtts|wss):$/.test(protocol));
  if (open && (flags.ca ?? flags.cert) !== undefined) {
    throw new UsageError(
      `${open.href} is not encrypted, so --ca, --cert and --key are of no use. Write mqtts:// or wss://.`,
    );
  }
  // Options go before the environment, and a login is not mixed from both.
  const inUrl = typed.length > 0 && broker.username !== undefined;
  const login = inUrl ? broker : {
    username: Deno.env.get("WEIR_USERNAME") ?? broker.username,
    password: Deno.env.get("WEIR_PASSWORD") ?? broker.password,
  };
  const password = flags.passwordFile === undefined
    ? login.password
    : await readPassword(flags.passwordFile);
  const username = flags.username ?? login.username;
  // MQTT 3.1.1, section 3.1.2.9: no password without a user name.
  if (password !== undefined && username === undefined && mqtt !== 5) {
    throw new UsageError("A password goes with a user name: give --username.");
  }
  const reached = brokers.find(({ protocol, hostname }) =>
    !/^(mqtts|wss):$/.test(protocol) && !isLocal(hostname)
  );
  if (password !== undefined && reached) {
    say(
      `Warning: the password goes to ${reached.href} unencrypted. Use mqtts:// if the broker has it.`,
    );
  }
  if (flags.insecure) {
    if (open) {
      throw new UsageError(
        `${open.href} is not encrypted, so --insecure is of no use.`,
      );
    }
    if (password !== undefined) {
      throw new UsageError(
        "--insecure does not go with a password: anybody could ask for it. Trust the broker's certificate with --ca.",
      );
    }
    say(
      `Warning: the certificate of ${broker.href} is not verified. Anybody in between can read and forge.`,
    );
  }
  return {
    url: urls[0],
    ...urls.length > 1 ? { urls } : {},
    shown: brokers[0].href,
    qos,
    connect: {
      clientId: flags.clientId,
      version: mqtt,
      username,
      password,
      ca: await readPem("--ca", flags.ca),
      cert: await readPem("--cert", flags.cert),
      key: await readPem("--key", flags.key),
      insecure: flags.insecure,
    },
  };
}

/** A host alone, or with its port, is an address of MQTT: `pi`, `pi:1884`. */
function withScheme(broker: string): string {
  return broker.includes("://") ? broker : `mqtt://${broker}`;
}

/** Whether the broker is on this machine (RFC 1122, 3.2.1.3 g). */
function isLocal(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/**
 * The password: the first line of a file, or of stdin (`-`).
 *
 * @throws {UsageError} if it is empty or cannot be read.
 */
export async function readPassword(file: string): Promise<string> {
  const text = file === "-"
    ? await new Response(Deno.stdin.readable).text()
    : await readFile("--password-file", file);
  const password = text.split(/\r?\n/)[0];
  if (password !== "") return password;
  throw new UsageError("--password-file: its first line is empty.");
}

async function readPem(
  option: string,
  file: string | undefined,
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(option, file);
  if (text.includes("-----BEGIN ")) return text;
  throw new UsageError(`${option}: ${file} is not PEM.`);
}

/**
 * The text of a file that an option names.
 *
 * @throws {UsageError} if it cannot be read.
 */
export async function readFile(option: string, file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : (error as Error).message;
    throw new UsageError(`${option}: cannot read ${file}: ${reason}.`);
  }
}
