import { live, type LiveOptions } from "../pipeline/live.ts";
import { fillPast } from "./fill_past.ts";
import { followMarks } from "./follow_marks.ts";
import { keepLastRejects } from "./last_rejects.ts";
import type { RunSettings } from "./run_settings.ts";
import { watchMessages } from "./watch_messages.ts";

/** Keeps what only somebody who looks at a run needs: `record` does without. */
export function keepForViewers(
  settings: RunSettings,
  file: () => string | undefined,
  { onSensor, changed }: LiveOptions & { changed(): void },
) {
  const latest = live({ onSensor });
  void fillPast(latest, settings);
  return {
    latest,
    marks: followMarks(file, changed),
    messages: watchMessages(),
    lastRejects: keepLastRejects(),
  };
}
