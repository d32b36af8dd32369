/**
 * The kit: an MQTT subscription to a CSV from stages that anybody can put
 * together.
 *
 * ```ts ignore
 * await pipe(
 *   mqtt("mqtt://localhost", "sensor-data"),
 *   parse(),
 *   stamp(),
 *   tee(print()),
 *   csv("test.csv"),
 * );
 * ```
 *
 * @module
 */
export type { Flow, Sink, Stage } from "./flow.ts";
export type { Message, Reject, SensorEvent } from "./event.ts";
export { WeirError } from "./error.ts";
export { pipe } from "./pipe.ts";
export { tee } from "./tee.ts";
export { merge } from "./merge.ts";
export * from "./stages.ts";
export * from "./marks.ts";
export { parse, type ParseOptions } from "./parse.ts";
export { stamp } from "./stamp.ts";
export { print, type PrintOptions } from "./print.ts";
export {
  type Live,
  live,
  type LiveOptions,
  type LiveSensor,
  type LiveSnapshot,
} from "./live.ts";
export type { Bucket, History } from "./history.ts";
export { csv, type CsvOptions } from "./recording/csv.ts";
export {
  type Durable,
  type DurableCounts,
  type DurableOptions,
  openDurable,
} from "./recording/durable.ts";
export type { OpenOptions } from "./recording/file.ts";
export type { Failing } from "./recording/persist.ts";
export type { CsvSummary } from "./recording/recording.ts";
export { rejectsFile } from "./recording/rejects.ts";
export {
  type Recorder,
  recorder,
  type RecorderOptions,
} from "./recording/recorder.ts";
export type { RecorderSnapshot } from "./recording/recorder_snapshot.ts";
export { mqtt, type MqttOptions } from "./mqtt/source.ts";
export type { BrokerStatus } from "./mqtt/status.ts";
export { type DurableSession, SessionError } from "./mqtt/session.ts";
export type { ConnectOptions } from "./mqtt/connect.ts";
export {
  type BoardStatus,
  type BrokerFacts,
  type Control,
  control,
  type ControlSnapshot,
} from "./mqtt/control.ts";
export { withoutRepeats } from "./mqtt/retained.ts";
export { type Payload, publish, type PublishOptions } from "./mqtt/publish.ts";
export {
  ask,
  type AskOptions,
  type Reply,
  type Request,
  REQUESTS,
} from "./mqtt/ask.ts";
export {
  type BoardConfig,
  configure,
  type Configured,
  type ConfigureOptions,
} from "./mqtt/configure.ts";
export { type Broker, broker, type BrokerOptions } from "./mqtt/broker.ts";
