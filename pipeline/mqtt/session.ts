import { WeirError } from "../error.ts";
import type { Message } from "../event.ts";
import type { PositionRange } from "./position_ranges.ts";

/** The session cannot be kept, and connecting again does not help. */
export class SessionError extends WeirError {
  /** `"SessionError"`. */
  override name = "SessionError";
}

/**
 * The client's part of a session that outlives its connections and the process.
 * `openSession()` and `openDurable()` make one; `mqtt()` takes it.
 *
 * Messages are counted: each one that is taken in gets the next position.
 */
export interface DurableSession {
  /** The client id. The broker keeps the session under it. */
  readonly clientId: string;
  /** The topics that the session is subscribed to. */
  readonly subscription: SessionSubscription;
  /** The messages that were taken in, to recognise those that come again. */
  readonly deliveries: SessionDeliveries;
  /** The messages that are safe. */
  readonly commits: SessionCommits;
}

/** The topics that a session is subscribed to, through all its connections. */
export interface SessionSubscription {
  /** Is awaited before each attempt to connect. */
  connecting(): Promise<void>;
  /**
   * Is called at CONNACK, before any message: is the session present? `keeps` is
   * for how many seconds the broker keeps it after a disconnect, if that is
   * shorter than asked for.
   */
  connected(present: boolean, keeps?: number): void;
  /**
   * Is awaited after that, before subscribing. Resolves with the topics that
   * the session is subscribed to, and whether that is sure.
   *
   * @throws {SessionError} if the broker does not keep sessions.
   */
  resume(): Promise<{ topics: readonly string[]; sure: boolean }>;
  /** Keeps the topics that the session is subscribed to now. */
  subscribed(topics: readonly string[]): Promise<void>;
}

/** The messages that a session has taken in, and which of them may come again. */
export interface SessionDeliveries {
  /**
   * Takes a message in, or recognises it as one that was taken in before. `id`
   * is its packet identifier; at QoS 0 it has none.
   */
  take(message: Message, id: number | undefined): Delivery;
  /** The broker has received the acknowledgements of the messages at these positions. */
  confirmed(positions: readonly PositionRange[]): void;
  /**
   * What a broker sends again before anything new has come on this connection.
   * Resolves when what is known by that is on disk.
   */
  end(): Promise<void>;
}

/** A message that was taken in. */
export interface Delivery {
  /** Its place among all messages of the session. */
  position: number;
  /** Whether it had that place before: the broker sent it again. */
  redelivered: boolean;
  /** Whether it had come on this connection: one acknowledgement is for both. */
  copied?: boolean;
  /** Whether it may have come before, and nothing can tell. It is kept. */
  possiblyDoubled?: boolean;
}

/** The messages of a session that are safe. */
export interface SessionCommits {
  /** The position of the last message that is safe. */
  readonly safe: number;
  /** Is awaited before a batch that goes up to this position is handed out. */
  prepare(position: number): Promise<void>;
  /** Resolves when the messages up to this position are safe. */
  commit(position: number): Promise<void>;
  /** Is called with the number of acknowledgements that were sent. */
  acknowledged(count: number): void;
}
