import type { Reject, Reply, WeirError } from "../pipeline/mod.ts";

/** Something that happened in a run, as data. A viewer makes the text. */
export type RunEvent =
  | {
    kind: "connected";
    /** `"5"` or `"3.1.1"`. */
    version: "5" | "3.1.1";
    /** The quality of service that the broker granted. */
    granted: 0 | 1 | 2;
    /** How many connections there were before. */
    reconnects: number;
    /** For how many seconds there was no connection, after a reconnect. */
    away?: number;
  }
  | {
    kind: "reconnecting";
    /** Why there is no connection. */
    error: WeirError;
    /** Whether the broker answered, and refused. */
    refused: boolean;
    /** Seconds until the next attempt. */
    delay: number;
  }
  /** The run ended with an error. */
  | { kind: "failed"; error: unknown }
  /** A message could not become events. */
  | { kind: "rejected"; reject: Reject }
  /** A sensor was heard for the first time. */
  | { kind: "sensor"; sensor_id: string }
  /** A message of the kit about the recording: a sentence for a person. */
  | { kind: "recording"; text: string }
  /** An action published a message. */
  | { kind: "published"; topic: string }
  /** An action asked a board; no reply if it did not answer in time. */
  | { kind: "asked"; sensor_id: string; reply?: Reply };
