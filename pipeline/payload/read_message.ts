import type { Message } from "../event.ts";
import { decodeJson } from "./json.ts";
import type { Outcome } from "./outcome.ts";
import { readValue } from "./read_value.ts";

/** Appends what a message holds to an outcome: events, gaps and rejects. */
export function readMessage(message: Message, outcome: Outcome): void {
  const { events, rejects, gaps } = outcome;
  const before = [events.length, rejects.length];
  try {
    read(message, outcome, false);
    if (!outcome.inexact) return;
    // Once more, for the digits: it is rare, and costs the others nothing.
    [events.length, rejects.length] = before;
    Object.assign(outcome, { gaps, inexact: false });
    read(message, outcome, true);
    outcome.inexact = false;
  } catch (error) {
    reject(message, (error as Error).message, outcome);
  }
}

function read(message: Message, outcome: Outcome, exact: boolean): void {
  const value = decodeJson(message.payload, true, exact);
  // Nothing: a retained message was cleared.
  if (value !== undefined) readValue(message, value, outcome);
}

/** How much of a payload that is no text goes into its reject, in bytes. */
const MAX_BINARY = 1024;

function reject(
  { time, topic, payload }: Message,
  reason: string,
  { rejects }: Outcome,
): void {
  if (reason !== "not UTF-8" || payload.length <= MAX_BINARY) {
    rejects.push({ time, topic, reason, payload });
    return;
  }
  rejects.push({
    time,
    topic,
    reason:
      `${reason} (kept: the first ${MAX_BINARY} of ${payload.length} bytes)`,
    // A copy: a view would keep all of a large payload in memory.
    payload: payload.slice(0, MAX_BINARY),
  });
}
