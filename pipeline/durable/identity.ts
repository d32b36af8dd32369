/** By what a message is known again. */
export interface Identity {
  /** Where it stood among all that were taken in. */
  position: number;
  /** Its packet identifier. */
  id: number;
  /** 48 bits of a hash of its topic and payload. */
  hash: number;
  /** Whether so many of its topic came before, and no two alike, that it is one of a kind. */
  unique?: boolean;
}
