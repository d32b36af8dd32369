import type { Loss } from "./ledger_entry.ts";

/** How a session is kept. */
export interface SessionOptions {
  /** The client id. The broker keeps its messages under it. */
  clientId: string;
  /** The broker's URL, or those of a broker with several addresses. */
  url: string | readonly string[];
  /** Give up if the disk could not be written for so many seconds. Default: never. */
  giveUp?: number;
  /** Stops waiting for a disk that cannot be written. */
  signal?: AbortSignal;
  /** Receives what a person should know. Default: stderr. */
  log?: (text: string) => void;
}

/** How far the messages of a session have come. */
export interface SessionCounts {
  /** Messages acknowledged to the broker. */
  acknowledged: number;
  /** Messages that came again and were left out. */
  redelivered: number;
  /** Messages that were kept though they may have come before: nothing could tell. */
  possiblyDoubled: number;
  /** How many were kept so in earlier runs of the recording. */
  possiblyDoubledBefore: number;
  /** The sessions that the broker has lost since this one was opened. */
  losses: readonly Loss[];
}
