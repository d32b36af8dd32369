import type { RunSettings } from "../run/run_settings.ts";
import { startRun } from "../run/start_run.ts";
import { every } from "../run/timer.ts";
import { formatDuration } from "./duration.ts";
import type { HttpSettings } from "../web/http_settings.ts";
import { openPage } from "./http_options.ts";
import { sayEvents } from "./say_events.ts";
import {
  missingLines,
  numbersLine,
  sampleLines,
  summaryLine,
} from "./say_summary.ts";
import { counted } from "../pipeline/counted.ts";
import { say } from "../pipeline/say.ts";

/** What is printed of a run beside its events. */
export interface SayOptions {
  /** Prints counts at this interval, in seconds, and at the end. */
  stats?: number;
  /** Serves a page of it. */
  http?: HttpSettings;
}

/**
 * Starts a run, prints on stderr what happens in it and what it came to, and
 * waits for its end.
 *
 * @throws {WeirError} if the broker cannot be reached, or the file written.
 */
export async function sayRun(
  settings: RunSettings,
  { stats, http }: SayOptions = {},
): Promise<void> {
  const { connection: { shown, qos }, durable, file, topics } = settings;
  const onEvent = sayEvents({
    shown,
    topics,
    qos: durable === undefined ? qos : 1,
    file,
  });
  await using page = await openPage(http, onEvent);
  await using run = await startRun({
    ...settings,
    onEvent,
    ...page?.settings,
  });
  page?.show(run);
  const begun = performance.now();
  using _timer = stats === undefined ? undefined : every(stats, () => {
    const elapsed = (performance.now() - begun) / 1000;
    const numbers = numbersLine(run.snapshot().recorder);
    say(`After ${formatDuration(elapsed)}. ${numbers}`);
  });
  const last = await run.ended;
  const { recorder, traffic, elapsed } = last;
  const summary = summaryLine(recorder, elapsed, traffic.leftOut);
  if (summary !== undefined) say(summary);
  else if (recorder.rejected > 1) {
    say(`Rejected ${counted(recorder.rejected, "message")} in all`);
  }
  missingLines(last).forEach(say);
  sampleLines(last).forEach(say);
  if (durable !== undefined || stats !== undefined) {
    say(numbersLine(recorder));
  }
}
