import type { ErrorCode, ErrorFacts, WeirError } from "../pipeline/mod.ts";

type Hint = string | ((facts: ErrorFacts) => string);

/**
 * The option or command that helps, by `facts.help` of an error, or else by its
 * code. The kit does not know the command line; this table does.
 */
export const HINTS: Partial<Record<ErrorCode, Hint>> & Record<string, Hint> = {
  // The connection to a broker.
  "start-broker": "Try: weir broker. Without any broker: weir demo",
  "mqtt-version": "Try: --mqtt 3",
  "client-id": "Give another one with --client-id.",
  "own-client-id": "Give each its own with --client-id.",
  "login": "Give --username and --password-file.",
  "lower-qos": ({ qos }) => `Try: --qos ${qos}`,
  "ca": "Give the certificate of its CA with --ca.",
  "client-certificate": "Give one with --cert and --key.",
  "client-key": "Is --key the key of --cert?",
  "net-permission": "Start Deno with --allow-net.",
  // The embedded broker.
  "listen-port": ({ freePort }) => `Try: --port ${freePort}`,
  "http-port": "Choose another one with --http.",
  // Files.
  "durable-id": "Or give this one an id of its own with --durable.",
  "overwrite": "Or replace it with --overwrite.",
  "regular-file": "For CSV on stdout: weir sub --print csv",
  "read-permission": ({ folder }) => `Add: --allow-read=${folder}`,
  "write-permission": ({ folder }) =>
    `Add: --allow-read=${folder} --allow-write=${folder}`,
  "fewer-sensors":
    "Choose some with --sensor, or leave out --wide: a row for each reading has no such bound.",
  "replay-topic":
    "Name it: --topic sensor-data, or one for each: --topic 'lab/{sensor_id}'.",
  // Boards.
  "reset-config": "Replace it with --reset.",
  "ask-timeout": "Try a longer --timeout.",
  "ask-all": "Which ones answer? Try: weir ask '*' ping",
  // Deploying and simulating.
  "serial-port": ({ port }) => `Try: --port ${port}`,
  "virtual-board": "For a virtual board: --port tcp://localhost:2323",
  "simulate-board": ({ port }) => `Try: weir sim --boards 1 --repl ${port}`,
  "repl-port": ({ port }) => `Try: --repl ${port}`,
  "board-config": "Write one with --new, or give yours: --config config.py",
  "no-autostart": "Or leave it: --no-autostart",
  "all-permissions": "Start it with them: deno run -A main.ts deploy",
};

/** An error's message, with the option or command that helps. */
export function withHint(error: WeirError): string {
  const { code, facts, message } = error;
  const hint = HINTS[String(facts.help ?? code)];
  if (hint === undefined) return message;
  const end = /[.?!]$/.test(message) ? "" : ".";
  return `${message}${end} ${typeof hint === "string" ? hint : hint(facts)}`;
}
