import type { IPublishPacket } from "mqtt";
import { WeirError } from "../error.ts";

/**
 * The session cannot be kept: to connect again is of no use.
 *
 * @example
 * ```ts
 * import { SessionError } from "./session.ts";
 *
 * const { message } = new SessionError("ERR_WEIR_GAVE_UP", "The disk is full.");
 * if (message !== "The disk is full.") throw message;
 * ```
 */
export class SessionError extends WeirError {
  override name = "SessionError";
}

/**
 * The client's part of a session that outlives its connections and the process:
 * which messages were taken in, and which of them are safe. What implements it
 * keeps that on disk.
 *
 * Messages are counted: each that is taken in gets the next position.
 */
export interface DurableSession {
  /** Who the client is at the broker. */
  readonly clientId: string;
  /** The position of the last message that is safe on disk. */
  readonly safe: number;
  /** To be awaited before each attempt to connect. */
  connecting(): Promise<void>;
  /** Is told at CONNACK, before any message, whether the session is present. */
  connected(present: boolean): void;
  /**
   * Is awaited after that, before subscribing. Resolves with the topics that
   * the session is subscribed to, and whether that is sure.
   */
  resume(): Promise<{ topics: readonly string[]; sure: boolean }>;
  /** Keeps the topics that the session is subscribed to now. */
  subscribed(topics: readonly string[]): Promise<void>;
  /** Takes a message in, or recognises it as one that was taken in before. */
  take(packet: IPublishPacket): { position: number; redelivered: boolean };
  /**
   * From now on no message of this connection is taken for an old one; resolves
   * when what is forgotten by that is forgotten on disk.
   */
  endRedelivery(): Promise<void>;
  /** Resolves when the messages up to this position are safe on disk. */
  commit(position: number): Promise<void>;
  /** Is told how many acknowledgements were sent. */
  acknowledged(count: number): void;
  /** Is told up to which position the broker has surely received them. */
  confirmed(position: number): void;
}
