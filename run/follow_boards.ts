import type {
  BoardClocks,
  Flow,
  Message,
  SensorEvent,
  Stage,
} from "../pipeline/mod.ts";
import { pipe } from "../pipeline/pipe.ts";
import { stamp } from "../pipeline/stamp.ts";
import type { SampleCounter, SampleCounts } from "./count_samples.ts";
import type { RunSettings } from "./run_settings.ts";
import { takeStatuses } from "./take_statuses.ts";

/** What boards say of their samples, followed. */
export interface FollowedBoards {
  /** The topics to subscribe to as well. */
  besides: readonly string[];
  /** Takes the statuses of boards. */
  messages: Stage<Message, Message>;
  /** Counts the events of boards, and puts their times in. */
  events: Stage<SensorEvent, SensorEvent>;
  /** What became of the samples of each board. */
  snapshot(): ReadonlyMap<string, SampleCounts>;
}

/** What is needed comes with the first status: most publishers have none. */
export function followBoards(
  { topics, rules = [], raw = false, timestamps }: RunSettings,
  isRecording: () => boolean,
): FollowedBoards {
  let counter: SampleCounter | undefined;
  let clocks: BoardClocks | undefined;
  const timeOf = (event: SensorEvent) => clocks?.timeOf(event);
  const { besides, stage } = takeStatuses(topics, async (status) => {
    if (timestamps === "corrected") {
      const { boardClocks } = await import(
        "../pipeline/boards/board_clocks.ts"
      );
      clocks ??= boardClocks();
      clocks.status(status);
    }
    // By a rule, events may have other names than the board's.
    if (rules.length > 0) return;
    const { countSamples } = await import("./count_samples.ts");
    counter ??= countSamples(topics, isRecording);
    counter.status(status);
  });
  const counting: Stage<SensorEvent, SensorEvent> = async function* (flow) {
    for await (const batch of flow) {
      counter?.add(batch);
      yield batch;
    }
  };
  const stamping = timestamps === "device"
    ? (flow: Flow<SensorEvent>) => flow
    : stamp(timestamps === "corrected" ? { timeOf } : undefined);
  return {
    besides: raw ? [] : besides,
    messages: raw ? (flow) => flow : stage,
    events: (flow) => pipe(flow, counting, stamping),
    snapshot: () => counter?.snapshot() ?? NO_SAMPLES,
  };
}

const NO_SAMPLES = new Map<string, SampleCounts>();
