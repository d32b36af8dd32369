import type { Message } from "../event.ts";

/**
 * Makes the value of a message: `null`, a boolean, number or text, or an array
 * or object of such values, as `JSON.parse` does. A scalar may be a
 * {@linkcode TimedValue} or an {@linkcode Opaque}; a message may also be
 * {@linkcode Parts}. `undefined` is a message that has nothing to say. An
 * empty payload does not get here.
 *
 * What it throws makes a reject, with the error's message: an `Unreadable`.
 */
export type Decoder = (
  message: Message,
  /** Whether a number keeps the digits that a double does not hold, as text. */
  exact: boolean,
) => unknown;

/** The fields of a rule that are for its decoder. */
export interface DecoderOptions {
  /** Whether text that is not JSON is a value. Default: it is. */
  text?: boolean;
  /** The names of the columns of CSV. Default: their index, from 0. */
  columns?: readonly string[];
}

/**
 * Makes a decoder. It may remember what it read: each flow through `parse()`
 * makes its own.
 */
export type MakeDecoder = (options: DecoderOptions) => Decoder;

/** A scalar of a decoded message that has a time of its own. */
export class TimedValue {
  /** Pairs a value with its time, in seconds since 1970. */
  constructor(
    readonly value: string | number | boolean | null,
    readonly ts: number,
  ) {}
}

/** What a decoder finds in the place of a value: bytes, or what else is none. */
export class Opaque {
  /** Says what it is: `3 bytes`. */
  constructor(readonly what: string) {}
}

/** Values of one message, each read by itself, whose ids do not begin with its topic. */
export class Parts {
  /** Puts a path in the place of the topic. */
  constructor(readonly path: string, readonly values: readonly unknown[]) {}
}
