import type {
  BrokerSnapshot,
  Explained,
  LiveSnapshot,
  Loss,
  Message,
  RecorderSnapshot,
  Reject,
  Reply,
  TimeMark,
} from "../pipeline/mod.ts";
import type { SampleCounts } from "./count_samples.ts";
import type { LogEntry } from "./run_log.ts";

/** All that is known of a run at one moment. A viewer is a function of it. */
export interface Snapshot {
  /**
   * The host's clock: seconds since 1970. For a file that nobody writes any more,
   * the time of its last reading.
   */
  now: number;
  /** Seconds since the first connection, until the end of the run. */
  elapsed: number;
  /** The connection to the broker. */
  connection: ConnectionSnapshot;
  /** The topics subscribed to. */
  topics: readonly string[];
  /** The messages that come in. */
  traffic: {
    /** Messages a second. */
    messages: number;
    /** Bytes of topics and payloads a second. */
    bytes: number;
    /** Messages in all. */
    received: number;
    /** When the last of them came in, in seconds since 1970. */
    last?: number;
    /** Retained messages that were left out. */
    leftOut: number;
    /**
     * For how many seconds more messages have come than were finished: the
     * broker holds the rest. 0: the run has caught up.
     */
    behind: number;
  };
  /** The sensors; none if the settings do not ask for them. */
  live: LiveSnapshot;
  /** The recording, in its own numbers. */
  recorder: RecordingSnapshot;
  /** The broker and the boards; empty if the settings do not ask for them. */
  control: BrokerSnapshot;
  /** What happened lately, the latest last. */
  log: readonly LogEntry[];
  /** The last rejects, the latest last; none if the settings ask for no sensors. */
  rejects: readonly Reject[];
  /** What a person noted of the recording, the oldest first. */
  marks: readonly TimeMark[];
  /** By sensor id, the limits whose alarms are on. */
  alarms: ReadonlyMap<string, string>;
  /** By the name of a board that counts them, what became of its samples. */
  samples: ReadonlyMap<string, SampleCounts>;
  /** The messages, while a viewer asks for them. */
  messages?: MessagesSnapshot;
  /** What is looked at, if there is no broker and no run. */
  file?: ViewedFile;
}

/** A recording that is looked at; or several, as one. */
export interface ViewedFile {
  /** Its name, or the names of several. */
  name: string;
  /** How many bytes of it were read. */
  bytes: number;
  /** The time of its first reading, in seconds since 1970, if there is one. */
  from?: number;
  /** Whether nobody has written it for a while: its time stands still. */
  over: boolean;
}

/** Messages as they came, for a viewer that asked for them. */
export interface MessagesSnapshot {
  /** The last ones, the latest last; long payloads are cut. */
  list: readonly Message[];
  /** How many there were since it asked; more than those were dropped. */
  seen: number;
}

/** A viewer says that a flow is behind from so many seconds on. */
export const BEHIND = 1;

/** The state of a recording. */
export interface RecordingSnapshot extends Omit<RecorderSnapshot, "sensors"> {
  /** From how many sensors the rows came; a durable one knows it at its end. */
  sensors?: number;
  /** Whether it is durable: then it cannot be stopped or paused. */
  durable: boolean;
  /** Whether its rows are messages. */
  raw?: boolean;
  /** Values that devices said to be none (`null`, `nan`): no row, no reject. */
  gaps: number;
  /** Readings without a time where their rule looks for it: they have the host's. */
  untimed: number;
  /** Messages that a rule leaves out. */
  excluded: number;
  /** Messages that had waited at the broker: their time is that of delivery. */
  waited: number;
  /** Messages acknowledged to the broker; left out at QoS 0. */
  acknowledged?: number;
  /** Redelivered messages that were left out, if it is durable. */
  redelivered?: number;
  /** Messages that may have come before, and are recorded since nothing tells. */
  possiblyDoubled?: number;
  /** The same of earlier runs of the recording. */
  possiblyDoubledBefore?: number;
  /** The sessions that the broker has lost in this run, if it is durable. */
  losses?: readonly Loss[];
}

/** The state of the connection to the broker. */
export interface ConnectionSnapshot {
  /** The broker's URL, fit to be shown. */
  url: string;
  /** `offline`: no other attempt will be made. */
  state: "connecting" | "connected" | "reconnecting" | "offline";
  /** `"5"` or `"3.1.1"`; known from the first connection on. */
  version?: string;
  /** The quality of service: first the one asked for, then the one granted. */
  qos: number;
  /** Seconds without a connection since the first one, in all. */
  away: number;
  /** How often weir reconnected. */
  reconnects: number;
  /** When the broker was first reached, in seconds since 1970. */
  since?: number;
  /** Why there is no connection, or why the run failed. */
  error?: Error;
  /** When the next attempt is made, in seconds since 1970. */
  retryAt?: number;
}

/** What a person can do with a run. Those that fail reject. */
export interface Actions {
  /** For a recording that is started and stopped by hand: one that is not durable. */
  byHand?: ByHand;
  /** Publishes a message. */
  publish(topic: string, payload: string): Promise<void>;
  /** Marks this moment of the recording with a line of text. */
  mark(text: string): Promise<void>;
  /** Keeps messages for snapshots until it is disposed of. */
  watchMessages(): Disposable;
  /** Says what a message becomes: its readings, or why it is a reject. */
  explain(message: Message): Promise<Explained>;
  /** Has the broker keep no message of a topic any more. */
  clearRetained(topic: string): Promise<void>;
  /** Asks a board for a sample. */
  ask(id: string): Promise<Reply>;
  /** Ends the run as Ctrl-C does: what was taken in is still written. */
  quit(): void;
}

/** What a person can do with a recording that is not durable. Those that fail reject. */
export interface ByHand {
  /** Starts a recording, or continues in another file. */
  start(path: string): Promise<void>;
  /** Ends the recording. */
  stop(): Promise<void>;
  /** Lets readings go by. */
  pause(): void;
  /** Writes them again. */
  resume(): void;
  /** Suggests a name for a new file. */
  suggestFile(): Promise<string>;
}

/** Where a viewer gets its snapshots. */
export interface Source {
  /** The state now. */
  snapshot(): Snapshot;
  /** Calls back when there is something new, until the returned is called. */
  subscribe(listener: () => void): () => void;
}
