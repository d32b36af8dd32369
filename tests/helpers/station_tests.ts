import assert from "node:assert/strict";
import type { Board } from "../../firmware/simulator/mod.ts";
import { inTime } from "./virtual_boards.ts";
import { mosquittoTest } from "./needs.ts";

/** An event as it is published. */
export type Reading = [string, number, number];
export const readings = (payloads: string[]) =>
  payloads.map((text) => JSON.parse(text) as Reading);
export const times = (payloads: string[]) =>
  readings(payloads).map(([, ts]) => ts);

/** No time is missing, and none is there twice. */
export function assertEvery(seconds: number, payloads: string[]) {
  const all = times(payloads);
  // The clock's whole seconds may be one more or less than the time between two samples.
  for (let i = 1; i < all.length; i++) {
    assert.ok(
      Math.abs(all[i] - all[i - 1] - seconds) <= 1,
      `${all[i - 1]} and then ${all[i]}: ${all}`,
    );
  }
}

/** Waits until the board has printed something so often. */
export const printed = (board: Board, text: string, often: number) =>
  board.waitFor(() => board.output.split(text).length > often);

export const fault = (name: string, test: () => Promise<void>) =>
  Deno.test(name, () => inTime(test()));
export const brokerFault = (name: string, test: () => Promise<void>) =>
  mosquittoTest(name, () => inTime(test()));

export const STATUS = "weir/lux-1/status";
export const FOR_EVER = { MAX_FAILURES: 10_000 };
