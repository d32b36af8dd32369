import type { Message } from "../event.ts";
import { type Decoder, Parts } from "./decoder.ts";
import { jsonDecoder } from "./json.ts";
import type { Outcome } from "./outcome.ts";
import { type ReadTop, readValue } from "./read_value.ts";

/** How a message is read. */
export interface HowToRead {
  /** Makes its value. */
  decode: Decoder;
  /** Reads its value in the place of what is usual. */
  read?: ReadTop;
}

const AS_USUAL: HowToRead = { decode: jsonDecoder({}) };

/** Appends what a message holds to an outcome: events, gaps and rejects. */
export function readMessage(
  message: Message,
  outcome: Outcome,
  how = AS_USUAL,
): void {
  const { events, rejects, gaps, untimed } = outcome;
  const before = [events.length, rejects.length];
  try {
    read(message, outcome, how, false);
    if (!outcome.inexact) return;
    // Once more, for the digits: it is rare, and costs the others nothing.
    [events.length, rejects.length] = before;
    Object.assign(outcome, { gaps, untimed, inexact: false });
    read(message, outcome, how, true);
    outcome.inexact = false;
  } catch (error) {
    const { time, topic, payload } = message;
    rejects.push({ time, topic, reason: (error as Error).message, payload });
  }
}

function read(
  message: Message,
  outcome: Outcome,
  { decode, read }: HowToRead,
  exact: boolean,
): void {
  // Nothing: a retained message was cleared.
  if (message.payload.length === 0) return;
  const value = decode(message, exact);
  if (value instanceof Parts) {
    for (const part of value.values) {
      readValue(message, part, outcome, read, value.path);
    }
  } else if (value !== undefined) readValue(message, value, outcome, read);
}
