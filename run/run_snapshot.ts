import type {
  BrokerSnapshot,
  LiveSnapshot,
  RecorderSnapshot,
} from "../pipeline/mod.ts";

/** All that a screen shows, at one moment. */
export interface Snapshot {
  /** The host's clock: seconds since 1970. */
  now: number;
  /** How it stands with the broker. */
  connection: ConnectionSnapshot;
  /** The topics subscribed to. */
  topics: readonly string[];
  /** What comes in. */
  traffic: {
    /** Messages a second. */
    messages: number;
    /** Bytes of topics and payloads a second. */
    bytes: number;
    /**
     * For how many seconds more has come than was done with: the broker holds
     * the rest. 0: it has caught up.
     */
    behind: number;
  };
  /** The sensors. */
  live: LiveSnapshot;
  /** The recording, in its own numbers. */
  recorder: RecordingSnapshot;
  /** What broker and boards tell of themselves. */
  control: BrokerSnapshot;
  /** What happened lately, the latest last. */
  log: readonly LogEntry[];
}

/** A flow is told to be behind from so many seconds on. */
export const BEHIND = 1;

/** How it stands with a recording, by hand or durable. */
export interface RecordingSnapshot extends Omit<RecorderSnapshot, "sensors"> {
  /** From how many sensors the rows came; a durable one knows it at its end. */
  sensors?: number;
  /** Whether it is durable: nobody stops or pauses it by hand. */
  durable: boolean;
  /** Messages acknowledged to the broker; left out at QoS 0. */
  acknowledged?: number;
  /** Messages that came again and were left out, where it is durable. */
  redelivered?: number;
}

/** How it stands with the broker. */
export interface ConnectionSnapshot {
  /** The broker's URL, fit to be shown. */
  url: string;
  /** `offline`: no other attempt will be made. */
  state: "connecting" | "connected" | "reconnecting" | "offline";
  /** `"5"` or `"3.1.1"`; known once it was connected. */
  version?: string;
  /** The quality of service: what was asked for, then what was granted. */
  qos: number;
  /** How often the connection was made anew. */
  reconnects: number;
  /** Why there is none. */
  reason?: string;
  /** When the next attempt is made, in seconds since 1970. */
  retryAt?: number;
}

/** Something that happened. */
export interface LogEntry {
  /** When, in seconds since 1970. */
  time: number;
  /** What. */
  text: string;
}

/** What a person can do from the screen. Those that fail reject. */
export interface Actions {
  /** Those of a recording by hand; left out where it is durable. */
  byHand?: ByHand;
  /** Publishes a message. */
  publish(topic: string, payload: string): Promise<void>;
  /** Asks a board for a sample; resolves with its answer and round-trip time, as a line to show. */
  ask(id: string): Promise<string>;
  /** Ends the program as Ctrl-C does: what was taken in is still written. */
  quit(): void;
}

/** What a person can do with a recording by hand. Those that fail reject. */
export interface ByHand {
  /** Starts a recording, or goes on in another file. */
  start(path: string): Promise<void>;
  /** Ends the recording. */
  stop(): Promise<void>;
  /** Lets readings go by. */
  pause(): void;
  /** Writes them again. */
  resume(): void;
  /** A good name for a new file. */
  suggestFile(): Promise<string>;
}

/** Where a screen gets its snapshots. */
export interface Source {
  /** What there is to show now. */
  snapshot(): Snapshot;
  /** Calls back when there is something new, until the returned is called. */
  subscribe(listener: () => void): () => void;
}
