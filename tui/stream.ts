import type { Explained, Message } from "../pipeline/mod.ts";
import type { MessagesSnapshot, Snapshot } from "../run/run_snapshot.ts";
import { visible } from "./fit_text.ts";
import { payloadStart } from "./payload_text.ts";

/** What a person has chosen to see of the messages. */
export interface Stream {
  /** Only those whose topic or payload has this in it. */
  filter: string;
  /** What there was when they were held; else the latest are shown. */
  held?: MessagesSnapshot;
  /** The one that is selected; the latest if there is none. */
  selected?: Message;
  /** What the opened one becomes, once that is known. */
  explained?: Explained;
  /** How many rows of the opened one are scrolled out above. */
  top: number;
}

/** How much of a payload is searched, in characters. */
const SEARCHED = 1000;

/** The messages that are listed, the latest last. */
export function listMessages(
  { messages }: Pick<Snapshot, "messages">,
  { held, filter }: Stream,
): readonly Message[] {
  const { list } = held ?? messages ?? { list: [] };
  if (filter === "") return list;
  const wanted = filter.toLowerCase();
  return list.filter(({ topic, payload }) =>
    visible(topic).toLowerCase().includes(wanted) ||
    payloadStart(payload, SEARCHED).toLowerCase().includes(wanted)
  );
}

/** The index of the selected message: the latest if that is not listed. */
export function selectedAt(
  list: readonly Message[],
  { selected }: Stream,
): number {
  const at = selected === undefined ? -1 : list.lastIndexOf(selected);
  return at < 0 ? list.length - 1 : at;
}
