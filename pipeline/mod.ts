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
export type {
  Message,
  MessageProperties,
  Reject,
  SensorEvent,
} from "./event.ts";
export {
  ERROR_CODES,
  type ErrorCode,
  type ErrorFacts,
  reasonOf,
  WeirError,
} from "./error.ts";
export { pipe, type Piped } from "./pipe.ts";
export type { PipedFlow } from "./piped_flow.ts";
export { tee } from "./tee.ts";
export { type Buffered, buffered } from "./buffered.ts";
export { merge } from "./merge.ts";
export { map } from "./stages/map.ts";
export { filter } from "./stages/filter.ts";
export { flatMap } from "./stages/flat_map.ts";
export { take } from "./stages/take.ts";
export { drop } from "./stages/drop.ts";
export { tap } from "./stages/tap.ts";
export { chunks } from "./stages/chunks.ts";
export { throttle } from "./stages/throttle.ts";
export { type Aggregate, downsample } from "./stages/downsample.ts";
export { changes } from "./stages/changes.ts";
export { scan } from "./stages/scan.ts";
export { type Route, route } from "./stages/route.ts";
export { smooth } from "./stages/smooth.ts";
export { type OnQuiet, timeout } from "./stages/timeout.ts";
export { endingEarly, holdingBack, keepingAll } from "./marks.ts";
export { parse, type ParseOptions } from "./parse.ts";
export { explain, type Explained } from "./explain.ts";
export { createRejectReport, type RejectReport } from "./reject_report.ts";
export { reportRejects } from "./report_rejects.ts";
export type { Reader, Reading } from "./payload/reader.ts";
export type { DecoderOptions } from "./payload/decoder.ts";
export { DECODER_NAMES, type DecoderName } from "./payload/decoders.ts";
export type { ReadOptions } from "./payload/load_reader.ts";
export type { Rule } from "./payload/rule.ts";
export { checkRule } from "./payload/rules.ts";
export type { SharedId } from "./payload/shared_ids.ts";
export { raw } from "./raw.ts";
export { lines, type LinesOptions } from "./line_source.ts";
export { rawFormat } from "./recording/formats/raw_jsonl.ts";
export { stamp } from "./stamp.ts";
export { watchTimes } from "./odd_times.ts";
export { print, type PrintOptions } from "./printing/print.ts";
export {
  PRINT_FORMATS,
  type PrintFormatName,
} from "./printing/print_formats.ts";
export type { PrintFormat } from "./printing/print_format.ts";
export {
  printLines,
  type PrintLinesOptions,
  Unprintable,
} from "./printing/print_lines.ts";
export {
  type Live,
  live,
  type LiveOptions,
  type LiveSnapshot,
} from "./live.ts";
export type { LiveSensor, State } from "./live_sensor.ts";
export type { Bucket, History } from "./history.ts";
export {
  csv,
  type CsvOptions,
  jsonl,
  type JsonlOptions,
} from "./recording/file_sinks.ts";
export { sqlite, type SqliteSummary } from "./recording/sqlite_sink.ts";
export { lineProtocol } from "./export/line_protocol.ts";
export { filesByPattern } from "./recording/rotation/files_by_pattern.ts";
export {
  fixedPath,
  hasTime,
  isFilePattern,
} from "./recording/rotation/file_pattern.ts";
export type { FilesSummary } from "./durable/row_files.ts";
export {
  checkSet,
  type SetCheck,
  type SetProblem,
} from "./recording/check_set.ts";
export { nameFiles } from "./recording/name_files.ts";
export type { PathOf, RotationOptions } from "./recording/rotation/path_of.ts";
export type {
  Facts,
  Fault,
  ReadableFormat,
  ReadRow,
  Row,
  RowFormat,
  RowMessage,
} from "./recording/row_format.ts";
export { csvFormat, type CsvFormatOptions } from "./recording/formats/csv.ts";
export {
  checkColumns,
  CSV_COLUMNS,
  type CsvColumn,
} from "./recording/formats/csv_columns.ts";
export { jsonlFormat } from "./recording/formats/jsonl.ts";
export { formatFor } from "./recording/formats/format_for.ts";
export { createMeter, type Meter } from "./meter.ts";
export { type Durable, openDurable } from "./durable/open_durable.ts";
export { describeLoss } from "./durable/describe_loss.ts";
export type { Loss } from "./durable/ledger_entry.ts";
export type { DurableCounts, DurableOptions } from "./durable/durable_store.ts";
export {
  openSession,
  type OpenSessionOptions,
  type Session,
  type SessionBatch,
} from "./durable/open_session.ts";
export type {
  SessionCounts,
  SessionOptions,
} from "./durable/session_options.ts";
export { isRecording, type OpenOptions } from "./recording/open_at_end.ts";
export type { Failing } from "./recording/retry.ts";
export type { RecordingSummary } from "./recording/open_recording.ts";
export {
  type CheckOptions,
  checkRecording,
  type CheckResult,
  type Problem,
} from "./recording/check_recording.ts";
export type { ReadRawOptions } from "./recording/read_events.ts";
export type { SelectOptions } from "./recording/select_settings.ts";
export {
  type FollowOptions,
  followRecording,
} from "./recording/follow_recording.ts";
export { expectRecording } from "./recording/expect_recording.ts";
export { findRecordings } from "./recording/find_recordings.ts";
export { exportRecordings } from "./export/exporting.ts";
export type { Exported, ExportOptions } from "./export/export_settings.ts";
export type { Aggregated } from "./export/wide.ts";
export { file, type FileOptions } from "./export/file_source.ts";
export { endingOf } from "./export/ending_of.ts";
export { readSeries } from "./series/read_series.ts";
export type { Collected, SeriesOptions } from "./series/series_settings.ts";
export type { Series } from "./series/series.ts";
export { fileError } from "./recording/file_error.ts";
export {
  rejectsFile,
  type RejectsFileOptions,
  rejectsPath,
} from "./recording/rejects_file.ts";
export {
  addMark,
  marksPath,
  readMarks,
  type TimeMark,
} from "./recording/marks_file.ts";
export { recorder } from "./recording/recorder.ts";
export type {
  Recorder,
  RecorderOptions,
  RecorderSnapshot,
} from "./recording/recorder_types.ts";
export { type BrokerUrl, readBrokerUrl } from "./mqtt/broker_url.ts";
export {
  checkTopic,
  checkTopicFilter,
  findOverlap,
  type Overlap,
} from "./mqtt/topic_filter.ts";
export { mqtt, type MqttOptions } from "./mqtt/source.ts";
export type { BrokerStatus } from "./mqtt/broker_status.ts";
export type { PositionRange } from "./mqtt/position_ranges.ts";
export {
  type Delivery,
  type DurableSession,
  type SessionCommits,
  type SessionDeliveries,
  SessionError,
  type SessionSubscription,
} from "./mqtt/session.ts";
export type { ConnectOptions } from "./mqtt/client_options.ts";
export {
  type BoardStatus,
  type BrokerFacts,
  type BrokerSnapshot,
  type BrokerWatch,
  watchBroker,
} from "./boards/watch.ts";
export { withoutRepeats } from "./mqtt/without_repeats.ts";
export {
  type Outgoing,
  type Payload,
  publish,
  publishMessages,
  type PublishOptions,
} from "./mqtt/publish.ts";
export {
  type Replayed,
  replayMessages,
  type ReplayOptions,
} from "./replay/replaying.ts";
export {
  ask,
  type AskOptions,
  checkSensorId,
  type Reply,
  type Request,
  REQUESTS,
} from "./boards/ask.ts";
export { type BoardClocks, boardClocks } from "./boards/board_clocks.ts";
export {
  type BoardConfig,
  type BoardCounts,
  readStatus,
  type Status,
} from "./boards/board_status.ts";
export {
  configure,
  type Configured,
  type ConfigureOptions,
} from "./boards/configure.ts";
export {
  type Broker,
  broker,
  type BrokerOptions,
} from "./mqtt/embedded_broker.ts";
export { escape, jsonLine } from "./escape.ts";
export { say, sayOut, unsaidOut } from "./say.ts";
export { shorten } from "./shorten.ts";
export { counted, grouped } from "./counted.ts";
export { createNew } from "./create_new.ts";
export { writeAll } from "./write_all.ts";
