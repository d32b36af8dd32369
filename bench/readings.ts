/** What the messages of a run are like. */
export interface Payloads {
  /** How many events a message becomes. */
  events: number;
  /** The nth message. */
  payload(n: number): string;
}

/**
 * The value of the nth reading, from 0 up to 1000 with four decimals. Each one
 * differs from those before it, so that no cache makes the work easier.
 */
export function value(n: number): number {
  return n * 7919 % 10_000_000 / 10_000;
}

/** The nth message as the tutorial's sensor sends it. */
export function payload(n: number): string {
  return `["lux-1", ${n}, ${value(n)}]`;
}

/** All payloads that a broker of the bench sends, each ending in its value. */
export const PAYLOADS = {
  readings: { events: 1, payload },
  objects: {
    events: 8,
    payload: (n) =>
      JSON.stringify({
        ...{ battery: 97, contact: true, humidity: 45.2, linkquality: 120 },
        ...{ occupancy: false, pressure: 1013.2, voltage: 3000 },
        temperature: value(n),
      }),
  },
  "40 sensors": {
    events: 1,
    payload: (n) => `["lux-${n % 40}", ${n}, ${value(n)}]`,
  },
} satisfies Record<string, Payloads>;
