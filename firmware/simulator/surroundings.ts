import type { Air } from "./weather.ts";

/** What a sensor's model needs of its world. */
export interface Surroundings {
  /** Milliseconds, monotonic. */
  now(): number;
  /** The light at a time of `now()`, in lux. */
  lux(at: number): number;
  /** The air at a time of `now()`. */
  air(at: number): Air;
  /** Whether the ID register reads as another chip's. */
  wrongChip(): boolean;
  /** Whether what it sends is damaged on its way. */
  damaged(): boolean;
}

/** A chip on I²C. */
export interface Chip {
  /** Takes what is written to its address. */
  write(bytes: Uint8Array): void;
  /** Gives what is read from its address. */
  read(length: number): Uint8Array;
}
