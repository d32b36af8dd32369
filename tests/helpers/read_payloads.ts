import {
  type Message,
  parse,
  pipe,
  type Reject,
  type Rule,
  type SensorEvent,
  stamp,
} from "../../pipeline/mod.ts";

/** When the messages come. */
export const TIME = 1795647029.507;

/** What became of messages. */
export interface ReadPayloads {
  events: SensorEvent[];
  /** Of each event, its id and its value. */
  rows: [string, SensorEvent["val"]][];
  /** Why there are rejects. */
  reasons: string[];
  gaps: number;
}

/** What rules make of messages, each a topic with bytes or a text. */
export async function readPayloads(
  rules: Rule[],
  ...messages: [topic: string, payload: Uint8Array | string][]
): Promise<ReadPayloads> {
  const rejects: Reject[] = [];
  let gaps = 0;
  const batch = messages.map(([topic, payload]): Message => ({
    topic,
    payload: typeof payload === "string"
      ? new TextEncoder().encode(payload)
      : payload,
    time: TIME,
    qos: 0,
    retain: false,
    dup: false,
  }));
  const events = (await Array.fromAsync(pipe(
    (async function* () {
      yield batch;
    })(),
    parse({
      rules,
      rejects: async (flow) => {
        for await (const some of flow) rejects.push(...some);
      },
      onGaps: (count) => gaps += count,
    }),
    stamp(),
  ))).flat();
  return {
    events,
    rows: events.map(({ sensor_id, val }) => [sensor_id, val]),
    reasons: rejects.map(({ reason }) => reason),
    gaps,
  };
}
