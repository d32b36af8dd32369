import type { LiveSensor } from "../pipeline/mod.ts";
import { fit, visible } from "./fit_text.ts";
import { formatNumber } from "./format.ts";

type Value = LiveSensor["latest"]["val"];

/** The most digits behind a decimal point that the points are aligned for. */
const MAX_DIGITS = 4;

/** Makes a writer of values that puts their decimal points below each other. */
export function alignValues(
  values: readonly Value[],
  columns: number,
): (value: Value) => string {
  const digits = Math.max(
    0,
    ...values.map((val) => typeof val === "number" ? digitsOf(val) : 0),
  );
  return (value) => {
    if (typeof value !== "number") {
      return fit(visible(String(value)), columns, "right");
    }
    const own = digitsOf(value);
    const point = own === 0 && digits > 0 ? 1 : 0;
    const room = columns - (digits - own) - point;
    const text = formatNumber(value, room);
    const aligned = text === String(value);
    return aligned
      ? fit(fit(text, room, "right"), columns)
      : fit(formatNumber(value, columns), columns, "right");
  };
}

function digitsOf(value: number): number {
  const text = String(value);
  const point = text.indexOf(".");
  if (point < 0 || text.includes("e")) return 0;
  return Math.min(MAX_DIGITS, text.length - point - 1);
}
