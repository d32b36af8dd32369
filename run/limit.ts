/** What a sensor's readings are compared with. */
export type Comparison = ">" | ">=" | "<" | "<=" | "=" | "!=";

/** When an alarm goes off. */
export interface Limit {
  /** As a person wrote it: `attic/temperature > 30 for 1m`. */
  text: string;
  /** The ids of the sensors; `*` stands for any text. */
  sensors: string;
  /** How a reading is compared; left out: the alarm is about silence. */
  comparison?: Comparison;
  /** The number or the text that a reading is compared with. */
  value?: string;
  /** The alarm is over when a reading is back at this number. */
  until?: number;
  /** For so many seconds it must hold, or there must be silence. */
  seconds: number;
}

/** Whether a reading is over a limit: of numbers, or of texts if it is = or !=. */
export function isOver(
  { comparison, value = "" }: Limit,
  val: number | string | boolean,
): boolean {
  const isText = typeof val !== "number";
  if (comparison === "=" || comparison === "!=") {
    const same = isText ? String(val) === value : val === Number(value);
    return same === (comparison === "=");
  }
  if (isText) return false;
  const limit = Number(value);
  switch (comparison) {
    case ">":
      return val > limit;
    case ">=":
      return val >= limit;
    case "<":
      return val < limit;
    case "<=":
      return val <= limit;
    case undefined:
      return false;
  }
}

/** Whether a reading is back, so that the alarm may be over. */
export function isBack(
  limit: Limit,
  val: number | string | boolean,
): boolean {
  const { comparison, until } = limit;
  if (until === undefined || typeof val !== "number") {
    return !isOver(limit, val);
  }
  return comparison?.startsWith(">") ? val <= until : val >= until;
}
