import type { Reject, Reply, SensorEvent, WeirError } from "../pipeline/mod.ts";

/** Something that happened in a run, as data. A viewer makes the text. */
export type RunEvent =
  | {
    kind: "connected";
    /** Which of the broker's addresses this is, fit to be shown. */
    url: string;
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
    /** The connection is lost, or an attempt failed for another reason. */
    kind: "disconnected";
    /** Why there is no connection. */
    error: WeirError;
  }
  | {
    /** The run ended with an error. */
    kind: "failed";
    error: Error;
  }
  | {
    kind: "rejected";
    reject: Reject;
    /** The file that keeps it. */
    kept?: string;
  }
  | {
    /** A sensor was heard for the first time. */
    kind: "sensor";
    sensor_id: string;
  }
  | {
    /** A sensor id came from two topics: it is one sensor in the recording. */
    kind: "shared id";
    sensor_id: string;
    topics: readonly [string, string];
  }
  | {
    /** No message has come since the first connection. */
    kind: "silent";
    /** For how many seconds. */
    seconds: number;
    topics: readonly string[];
    /** How many retained messages were left out. */
    leftOut: number;
    /** A topic that differs from one of them in case or in a slash. */
    alike?: string;
  }
  /** So many messages had waited at the broker for the session to come back. */
  | { kind: "waited"; count: number }
  /** The first reading without a time where its rule looks for it. */
  | { kind: "untimed" }
  | {
    /** A recording was started. */
    kind: "started";
    path: string;
    /** The client id, if it is durable. */
    durable?: string;
  }
  | {
    /** A person stopped the recording. */
    kind: "stopped";
    /** Its file or its files, for a person to read. */
    path: string;
    rows: number;
    lost: number;
  }
  /** A person paused or resumed the recording. */
  | { kind: "paused" | "resumed" }
  | {
    /** What the recording reports by itself: a sentence. */
    kind: "recording";
    text: string;
  }
  | {
    /** An action published a message. */
    kind: "published";
    topic: string;
  }
  | {
    /** A reading is over a limit, or a sensor is silent; or that is over. */
    kind: "alarm";
    /** Whether it begins. */
    on: boolean;
    /** The limit, as it was written. */
    limit: string;
    /** Whether the limit is that a sensor is heard at all. */
    quiet: boolean;
    sensor_id: string;
    /** The latest reading, if there was one. */
    val?: SensorEvent["val"];
    /** For how many seconds it lasted, if it is over. */
    seconds: number;
  }
  | {
    /** An action cleared the retained message of a topic. */
    kind: "cleared";
    topic: string;
  }
  | {
    /** A person marked this moment. */
    kind: "marked";
    text: string;
  }
  | {
    /** A board answered an action. */
    kind: "answered";
    reply: Reply;
  };
