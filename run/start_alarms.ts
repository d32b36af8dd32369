import type { Alarms } from "./alarms.ts";
import type { RunEvent } from "./run_event.ts";
import type { RunSettings } from "./run_settings.ts";
import { every } from "./timer.ts";

/** Alarms that look at the clock by themselves, until they are disposed of. */
export type RunningAlarms = Omit<Alarms, "check"> & Disposable;

/** Starts the alarms of a run; nothing is loaded if there are none. */
export async function startAlarms(
  { limits = [], onAlarm }: RunSettings,
  report: (event: RunEvent) => void,
): Promise<RunningAlarms | undefined> {
  if (limits.length === 0) return undefined;
  const { watchLimits } = await import("./alarms.ts");
  const run = onAlarm === undefined
    ? undefined
    : (await import("./run_on_alarm.ts")).commandRunner(onAlarm, report);
  const alarms = watchLimits(limits, (event) => {
    report(event);
    if (event.kind === "alarm") run?.(event);
  });
  const timer = every(1, () => alarms.check(Date.now() / 1000));
  return { ...alarms, [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
