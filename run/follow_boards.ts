import type { Message, SensorEvent, Stage } from "../pipeline/mod.ts";
import type { SampleCounter, SampleCounts } from "./count_samples.ts";
import type { RunSettings } from "./run_settings.ts";
import { takeStatuses } from "./take_statuses.ts";

/** What boards say of their samples, followed. */
export interface FollowedBoards {
  /** The topics to subscribe to as well. */
  besides: readonly string[];
  /** Takes the statuses of boards. */
  messages: Stage<Message, Message>;
  /** Counts the events of boards. */
  events: Stage<SensorEvent, SensorEvent>;
  /** What became of the samples of each board. */
  snapshot(): ReadonlyMap<string, SampleCounts>;
}

/** What is needed comes with the first status: most publishers have none. */
export function followBoards(
  { topics, rules = [], raw = false }: RunSettings,
  isRecording: () => boolean,
): FollowedBoards {
  let counter: SampleCounter | undefined;
  const { besides, stage } = takeStatuses(topics, async (status) => {
    // By a rule, events may have other names than the board's.
    if (rules.length > 0) return;
    const { countSamples } = await import("./count_samples.ts");
    counter ??= countSamples(topics, isRecording);
    counter.status(status);
  });
  return {
    besides: raw ? [] : besides,
    messages: raw ? (flow) => flow : stage,
    async *events(flow) {
      for await (const batch of flow) {
        counter?.add(batch);
        yield batch;
      }
    },
    snapshot: () => counter?.snapshot() ?? NO_SAMPLES,
  };
}

const NO_SAMPLES = new Map<string, SampleCounts>();
