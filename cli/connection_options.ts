import { readBrokerUrl, say } from "../pipeline/mod.ts";
import type { ConnectionSettings } from "../run/run_settings.ts";
import { oneOf, option, text, toggle, type Values } from "./define_option.ts";
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

/** Their values; a command leaves out the options that it does not take. */
export type ConnectionValues = Partial<Values<typeof connectionOptions>>;

/**
 * The settings of a connection: from its options, then from the environment.
 *
 * @throws {UsageError} if they are wrong or a file cannot be read.
 */
export async function readConnection(
  flags: ConnectionValues,
): Promise<ConnectionSettings> {
  const url = withScheme(
    flags.broker ?? Deno.env.get("WEIR_BROKER") ?? "localhost",
  );
  const broker = asUsageError(() => readBrokerUrl(url));
  const { qos = 0, mqtt } = flags;
  if ((flags.cert === undefined) !== (flags.key === undefined)) {
    throw new UsageError("--cert and --key go together.");
  }
  const secure = broker.protocol === "mqtts:" || broker.protocol === "wss:";
  if (!secure && (flags.ca ?? flags.cert) !== undefined) {
    throw new UsageError(
      `${broker.href} is not encrypted, so --ca, --cert and --key are of no use. Write mqtts:// or wss://.`,
    );
  }
  // Options go before the environment, and a login is not mixed from both.
  const inUrl = flags.broker !== undefined && broker.username !== undefined;
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
  if (password !== undefined && !secure && !isLocal(broker.hostname)) {
    say(
      `Warning: the password goes to ${broker.href} unencrypted. Use mqtts:// if the broker has it.`,
    );
  }
  if (flags.insecure) {
    if (!secure) {
      throw new UsageError(
        `${broker.href} is not encrypted, so --insecure is of no use.`,
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
    url,
    shown: broker.href,
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
