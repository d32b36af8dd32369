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
    const { time, topic, payload } = message;
    rejects.push({ time, topic, reason: (error as Error).message, payload });
  }
}

function read(message: Message, outcome: Outcome, exact: boolean): void {
  const value = decodeJson(message.payload, true, exact);
  // Nothing: a retained message was cleared.
  if (value !== undefined) readValue(message, value, outcome);
}
