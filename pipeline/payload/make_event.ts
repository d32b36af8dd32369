import type { Message, SensorEvent } from "../event.ts";

/** What every event is a copy of, in the order of its fields. */
const EVENT: SensorEvent = {
  sensor_id: "",
  ts: 0,
  val: 0,
  time: 0,
  device_ts: undefined,
  topic: "",
  qos: 0,
  retain: false,
  dup: false,
};

/** An event of a message. A copy, for the reason that `toMessage()` gives. */
export function makeEvent(
  { time, topic, qos, retain, dup }: Message,
  sensor_id: string,
  ts: number,
  val: SensorEvent["val"],
  device_ts?: number,
): SensorEvent {
  return {
    ...EVENT,
    sensor_id,
    ts,
    val,
    time,
    device_ts,
    topic,
    qos,
    retain,
    dup,
  };
}
