import type { Checkpoint } from "./ledger_entry.ts";
import type { LedgerState } from "./ledger_state.ts";

/** Files whose rows go through the ledger. */
export interface LoggedFiles {
  /**
   * Opens them and completes them from the ledger. If that throws, it can be
   * called again.
   */
  open(before: LedgerState): Promise<void>;
  /** Writes and syncs them. Resolves with their sizes. */
  sync(): Promise<
    { csv?: Checkpoint; files?: Checkpoint[]; rejects?: Checkpoint }
  >;
  /** The ledger no longer holds what was synced. */
  checkpoint(): void;
  /** Closes them. */
  close(): void | Promise<void>;
}
