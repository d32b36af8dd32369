import type { Message, SensorEvent, Sink, Stage } from "../pipeline/mod.ts";
import { counted } from "../pipeline/counted.ts";
import { escape } from "../pipeline/escape.ts";
import { parse } from "../pipeline/parse.ts";
import { pipe } from "../pipeline/pipe.ts";
import { raw } from "../pipeline/raw.ts";
import { take } from "../pipeline/stages/take.ts";
import { tap } from "../pipeline/stages/tap.ts";
import { stamp } from "../pipeline/stamp.ts";
import { tee } from "../pipeline/tee.ts";
import type { RunSettings } from "./run_settings.ts";

/**
 * Makes the stage of a raw recording: it keeps each message whole, and shows
 * the branches what can be read in it. The first message that is too large to be
 * kept whole is reported.
 */
export function rawStage(
  { rules, maxPayload, timestamps, count }: RunSettings,
  branches: Sink<SensorEvent, unknown>[],
  report: (text: string) => void,
): Stage<Message, SensorEvent> {
  const shown: Sink<Message> = (flow) =>
    pipe(
      flow,
      parse({ rejects: drain, rules, maxPayload, onSharedId() {} }),
      timestamps === "device" ? same : stamp(),
      tee(...branches),
      drain,
    );
  let cut = false;
  const noticeCut = tap(({ topic, bytes }: Message) => {
    if (bytes === undefined || cut) return;
    cut = true;
    report(
      `A message on ${escape(topic)} has ${
        counted(bytes, "byte")
      }: only its beginning is kept, and that of others of its size.`,
    );
  });
  return (flow) =>
    pipe(
      flow,
      count === undefined ? same : take<Message>(count),
      branches.length > 0 ? tee(shown) : same,
      noticeCut,
      raw(),
    );
}

/** The stage that changes nothing. */
const same = <T>(flow: T): T => flow;

/** What is in the message is recorded already. */
const drain: Sink<unknown> = async (flow) => {
  for await (const _batch of flow);
};
