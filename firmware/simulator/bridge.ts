/**
 * What a board's Worker and the program that hosts it share: a block of control words, and one request at a time.
 *
 * MicroPython blocks, so its Worker must be able to wait. It posts a request, sleeps in `Atomics.wait`, and the host,
 * which does the real I/O, writes the answer into the shared memory and wakes it.
 */

import type { Tls } from "./tls_layer.ts";

/** Control words: the index of each in {@linkcode Bridge.words}. */
export const Word = {
  /** The number of answered requests; a waiting Worker sleeps on it. */
  ANSWERED: 0,
  /** The answer: a count, or a negative errno. */
  STATUS: 1,
  /** How many bytes the answer left in `data`. */
  LENGTH: 2,
  /** Rung (counted up) whenever the host changed something; a sleeping board sleeps on it. */
  BELL: 3,
  /** See {@linkcode Power}. */
  POWER: 4,
  /** 1 while a Ctrl-C waits to be seen. */
  INTERRUPT: 5,
  /** 0 in range of the access point, 1 out of range. */
  WIFI_LOST: 6,
  /** How many I²C transfers are still to fail; -1 for every one. */
  I2C_FAILS: 7,
  /** The most bytes the flash holds; -1 for no limit. */
  FLASH_BYTES: 8,
  /** What the ADC reads, 0 to 1024. */
  ADC: 9,
  /** 1 when `light` holds, instead of the scenario. */
  LIGHT_SET: 10,
  /** 1 while the sensor's ID register reads as another chip's. */
  WRONG_CHIP: 11,
  /** See {@linkcode BrokerFault}. */
  BROKER: 12,
  /** How long looking up a name takes, in ms; -1 for ever. */
  DNS_MS: 13,
  /** 1 while the radio does not say why it cannot join. */
  WIFI_VAGUE: 14,
  /** How many files were written on the flash so far. */
  FLASH_FILES: 15,
  /** How many bytes were written on the flash so far. */
  FLASH_WRITTEN: 16,
  /** 1 while what the sensors send is damaged on its way. */
  DAMAGED: 17,
} as const;

/** What the POWER word asks of the board. */
export const Power = { ON: 0, OFF: 1, CYCLE: 2, RESET: 3 } as const;

/** What the other end of every connection does: as it should, refuse connections, or take them and say nothing. */
export const BrokerFault = { NONE: 0, REFUSES: 1, HANGS: 2 } as const;

const WORDS = 32;
const LIGHT_AT = WORDS * 4;
const DATA_AT = LIGHT_AT + 8;
const DATA_BYTES = 16 * 1024;

/** The shared memory of one board, seen from either side. */
export interface Bridge {
  /** The memory itself, to hand to the Worker. */
  memory: SharedArrayBuffer;
  /** Control words, indexed by {@linkcode Word}. */
  words: Int32Array<SharedArrayBuffer>;
  /** One number: the light in lux, when LIGHT_SET. */
  light: Float64Array<SharedArrayBuffer>;
  /** The bytes of an answer. */
  data: Uint8Array<SharedArrayBuffer>;
}

/** Opens a bridge on new shared memory, or on the memory the other side made. */
export function openBridge(
  memory = new SharedArrayBuffer(DATA_AT + DATA_BYTES),
): Bridge {
  return {
    memory,
    words: new Int32Array(memory, 0, WORDS),
    light: new Float64Array(memory, LIGHT_AT, 1),
    data: new Uint8Array(memory, DATA_AT, DATA_BYTES),
  };
}

/** A request that the Worker waits for. Times are milliseconds of real time; -1 waits for ever. */
export type Request =
  | { op: "resolve"; host: string }
  | { op: "open"; udp: boolean }
  | { op: "connect"; id: number; host: string; port: number; wait: number }
  | { op: "send"; id: number; bytes: Uint8Array; wait: number }
  | { op: "receive"; id: number; length: number; wait: number }
  | ({ op: "secure"; id: number } & Tls)
  | { op: "poll"; id: number }
  | { op: "close"; id: number }
  | { op: "settle"; wait: number };

/** What a host answers: a count or a negative errno, and bytes. */
export interface Answer {
  /** 0 or a count where it went well, a negative errno where not. */
  status: number;
  /** The bytes received, if any were asked for. */
  bytes?: Uint8Array;
}

/** Host side: wakes the Worker with the answer to its request. */
export function answer(bridge: Bridge, { status, bytes }: Answer): void {
  if (bytes) bridge.data.set(bytes);
  Atomics.store(bridge.words, Word.LENGTH, bytes?.length ?? 0);
  Atomics.store(bridge.words, Word.STATUS, status);
  Atomics.add(bridge.words, Word.ANSWERED, 1);
  Atomics.notify(bridge.words, Word.ANSWERED);
}

/** Host side: lets a sleeping board look at its control words. */
export function ring(bridge: Bridge): void {
  Atomics.add(bridge.words, Word.BELL, 1);
  Atomics.notify(bridge.words, Word.BELL);
}

/** Worker side: posts a request and sleeps until it is answered. */
export function ask(
  bridge: Bridge,
  request: Request,
  post: (message: { request: Request }) => void,
): Answer {
  const before = Atomics.load(bridge.words, Word.ANSWERED);
  post({ request });
  while (Atomics.load(bridge.words, Word.ANSWERED) === before) {
    Atomics.wait(bridge.words, Word.ANSWERED, before);
  }
  const length = Atomics.load(bridge.words, Word.LENGTH);
  return {
    status: Atomics.load(bridge.words, Word.STATUS),
    bytes: bridge.data.slice(0, length),
  };
}
