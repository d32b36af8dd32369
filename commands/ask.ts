import { defineCommand } from "../cli/define_command.ts";
import { option, seconds, toggle } from "../cli/define_option.ts";
import type { Reply, Request } from "../pipeline/mod.ts";
import {
  ask as askBoard,
  checkSensorId,
  REQUESTS,
} from "../pipeline/boards/ask.ts";
import { WeirError } from "../pipeline/error.ts";
import { escape, jsonLine } from "../pipeline/escape.ts";
import { say } from "../pipeline/say.ts";
import { writeAll } from "../pipeline/write_all.ts";
import {
  connectionOptions,
  readConnection,
} from "../cli/connection_options.ts";
import { asUsageError, UsageError } from "../cli/usage_error.ts";

/** `weir ask`: asks a board for a sample, or how it is. */
export const command = defineCommand({
  description: "Ask a board for a reading, its status or a restart.\n\n" +
    "By its sensor id: sample for a reading taken now, ping for a sign of life,\n" +
    "info for its status, reset to restart it. The answer is printed.\n" +
    "'*' asks all boards, and prints what comes within the timeout.",
  arguments: "<sensor_id> <request>",
  choices: { request: REQUESTS },
  options: {
    timeout: option(
      "--timeout <seconds>",
      "Wait this long for an answer.",
      seconds(),
      { default: 5 },
    ),
    json: toggle("--json", "Print each answer as a line of JSON."),
    ...connectionOptions,
  },
  examples: [
    ["A reading, now", "weir ask lux-1 sample"],
    ["All boards that answer within 2 s", "weir ask '*' ping --timeout 2"],
  ],
  async action({ timeout, json, ...options }, sensorId, request) {
    asUsageError(() => checkSensorId(sensorId));
    if (!isRequest(request)) {
      throw new UsageError(
        `A board can be asked for ${REQUESTS.join(", ")}, not ${
          escape(request)
        }.`,
      );
    }
    const { url, connect } = await readConnection(options);
    let failed = 0;
    let answers = 0;
    const replies = askBoard(url, sensorId, request, { ...connect, timeout });
    for await (const reply of replies) {
      answers++;
      if (reply.error !== undefined) failed++;
      await tell(reply, json);
    }
    if (failed > 0 && failed === answers) {
      throw new WeirError("ERR_WEIR_BOARD", FAILED);
    }
  },
});

const FAILED = "No sample or answer came of it. The codes: docs/error-codes.md";

function isRequest(text: string): text is Request {
  return (REQUESTS as readonly string[]).includes(text);
}

/** The answer goes to stdout; an error that is not asked for as JSON, to stderr. */
async function tell(answer: Reply, json: boolean): Promise<void> {
  const { sensor_id, reply, error } = answer;
  // A timer of a millisecond's resolution is at the other end.
  const round_trip = Math.round(answer.round_trip * 1000) / 1000;
  if (json) return await print(jsonLine({ ...answer, round_trip }));
  const from = escape(sensor_id);
  const took = `(${Math.round(round_trip * 1000)} ms)`;
  if (error !== undefined) {
    say(`${from}: ${escape(error)} ${took}`);
  } else if (isFacts(reply)) {
    await print(`${from}: ${took}`);
    for (const [name, value] of Object.entries(reply)) {
      await print(`  ${escape(name)}: ${escape(shown(value))}`);
    }
  } else await print(`${from}: ${escape(shown(reply))} ${took}`);
}

const shown = (value: unknown) =>
  typeof value === "string" ? value : JSON.stringify(value);

function isFacts(reply: unknown): reply is Record<string, unknown> {
  return typeof reply === "object" && reply !== null && !Array.isArray(reply);
}

function print(line: string): Promise<void> {
  return writeAll(Deno.stdout, new TextEncoder().encode(`${line}\n`));
}
