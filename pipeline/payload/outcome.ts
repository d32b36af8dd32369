import type { Message, Reject, SensorEvent } from "../event.ts";

/** What the messages of a batch became. */
export interface Outcome {
  /** The readings. */
  events: SensorEvent[];
  /** The messages, or parts of one, that could not become events. */
  rejects: Reject[];
  /** How many values the devices said to be none. */
  gaps: number;
  /** How many readings have no time where their rule looks for it. */
  untimed: number;
  /** How many messages a rule leaves out. */
  excluded: number;
  /** Whether a number of the message at hand has digits that a double does not hold. */
  inexact: boolean;
  /** Is told each id that a message names itself, with its topic. */
  named: (sensor_id: string, topic: string) => void;
}

/** Appends what a message becomes to an outcome. */
export type Read = (message: Message, outcome: Outcome) => void;

/** An outcome with nothing in it yet. */
export function createOutcome(
  named: Outcome["named"] = () => {},
): Outcome {
  return {
    events: [],
    rejects: [],
    gaps: 0,
    untimed: 0,
    excluded: 0,
    inexact: false,
    named,
  };
}

/** A payload that cannot be read; the message says why. */
export class Unreadable extends Error {
  override name = "Unreadable";
}
