import type { SensorEvent } from "../event.ts";
import type { RecordingSummary } from "../recording/open_recording.ts";
import type { Checkpoint, Part } from "./ledger_entry.ts";
import type { LoggedFile } from "./ledger_state.ts";

/** Rows for the ledger, and where each of them belongs. */
export interface Placed {
  /** The rows, of all files. */
  rows: Uint8Array;
  /** The files, if they are several. */
  parts?: Part[];
  /** How many rows. */
  count: number;
  /** Whether somebody changed a file: the next checkpoint has to come first. */
  changed: boolean;
}

/** The files that were written. */
export type FilesSummary = Omit<
  RecordingSummary,
  "rows" | "sensors" | "moreSensors"
>;

/**
 * The file or the files that the rows of a durable recording go to. What throws
 * can be called again.
 */
export interface RowFiles {
  /**
   * Takes events that the messages under way have become.
   *
   * @throws {WeirError} `ERR_WEIR_EVENT`
   */
  add(events: readonly SensorEvent[]): void;
  /** Completes the files from the ledger, and opens those that are needed. */
  open(logged: readonly LoggedFile[]): Promise<void>;
  /** Finds the places of what was added. Nothing is left that is not written. */
  place(): Promise<Placed>;
  /** What was placed is in the ledger: `write()` writes it. */
  logged(placed: Placed): void;
  /** Writes what is logged. Resolves with whether somebody changed a file. */
  write(): Promise<boolean>;
  /** Puts what was written on the disk itself. Resolves with the files and their sizes. */
  sync(): Promise<{ csv?: Checkpoint; files?: Checkpoint[] }>;
  /** The ledger no longer holds what was synced. */
  checkpoint(): void;
  /** How many bytes were logged since the last checkpoint. */
  unsynced(): number;
  /** The files that were written. */
  summary(): FilesSummary;
  /** Closes the files. Resolves when those that are to be compressed are. */
  close(): void | Promise<void>;
}
