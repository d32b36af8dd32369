import type { Snapshot } from "../run/run_snapshot.ts";

/** What of a run is not in its snapshot. */
export interface MetricsBeside {
  /** How many rejects there were for each reason. */
  reasons: ReadonlyMap<string, number>;
  /** How many pages are open. */
  pages: number;
  /** How many pages were dropped, since they did not read. */
  dropped: number;
  /** Whether to give the latest number of each sensor. */
  values: boolean;
}

/** So many sensors have their value in the metrics. */
const MAX_VALUES = 1000;

/** What a scraper is told of the text. */
export const METRICS_TYPE =
  "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** The numbers of a run as OpenMetrics 1.0, which Prometheus reads. */
export function metricsOf(
  { connection, live, now, recorder, traffic }: Snapshot,
  { reasons, pages, dropped, values }: MetricsBeside,
): string {
  const lines: string[] = [];
  const family = (
    name: string,
    type: "counter" | "gauge",
    help: string,
    samples: readonly (readonly [labels: string, value: number])[],
    unit?: string,
  ) => {
    if (samples.length === 0) return;
    lines.push(`# TYPE weir_${name} ${type}`);
    if (unit) lines.push(`# UNIT weir_${name} ${unit}`);
    lines.push(`# HELP weir_${name} ${help}`);
    const suffix = type === "counter" ? "_total" : "";
    for (const [labels, value] of samples) {
      lines.push(`weir_${name}${suffix}${labels} ${value}`);
    }
  };
  const counter = (name: string, help: string, value: number | undefined) =>
    family(name, "counter", help, value === undefined ? [] : [["", value]]);
  const gauge = (name: string, help: string, value: number | undefined) =>
    family(
      name,
      "gauge",
      help,
      value === undefined ? [] : [["", value]],
      name.endsWith("_seconds") ? "seconds" : undefined,
    );
  const is = (state: boolean) => state ? 1 : 0;

  counter("messages", "Messages that came in.", traffic.received);
  counter("events", "Readings that were made of them.", live.events);
  counter("rows_written", "Rows written to the file.", recorder.rows);
  counter("rows_safe", "Rows that are safe on the disk.", recorder.synced);
  counter("rows_lost", "Readings that could not be written.", recorder.lost);
  counter(
    "messages_acknowledged",
    "Messages acknowledged to the broker.",
    recorder.acknowledged,
  );
  family(
    "messages_rejected",
    "counter",
    "Messages that are no readings, by reason.",
    reasons.size === 0
      ? [["", recorder.rejected]]
      : [...reasons].map(([reason, count]) =>
        [labels({ reason }), count] as const
      ),
  );
  counter("gaps", "Values that devices said to be none.", recorder.gaps);
  counter(
    "redelivered",
    "Redelivered messages that were left out.",
    recorder.redelivered,
  );
  counter(
    "possibly_doubled",
    "Messages that may have come before, and were kept.",
    recorder.possiblyDoubled,
  );
  counter(
    "messages_waited",
    "Messages that had waited at the broker for the session.",
    recorder.waited,
  );
  counter(
    "sessions_lost",
    "Sessions that the broker has lost, with messages perhaps.",
    recorder.losses?.length,
  );
  counter("reconnects", "Times that weir reconnected.", connection.reconnects);
  gauge("connected", "1 if connected.", is(connection.state === "connected"));
  gauge("recording", "1 if recording.", is(recorder.state === "recording"));
  gauge(
    "disk_failing",
    "1 if the file cannot be written now.",
    is(recorder.state === "error"),
  );
  gauge("rows_waiting", "Readings that wait for the disk.", recorder.waiting);
  gauge("behind_seconds", "How long weir has been behind.", traffic.behind);
  gauge(
    "last_message_age_seconds",
    "Time since the last message.",
    traffic.last === undefined ? undefined : Math.max(0, now - traffic.last),
  );
  gauge("sensors", "Sensors heard.", live.sensors.size);
  gauge("http_pages", "Pages that are open.", pages);
  counter("http_pages_dropped", "Pages that did not read.", dropped);
  if (values) {
    const numbers: [string, number][] = [];
    for (const [sensor, { latest: { val } }] of live.sensors) {
      if (typeof val !== "number") continue;
      if (numbers.push([labels({ sensor }), val]) >= MAX_VALUES) break;
    }
    family("sensor_value", "gauge", "The latest number.", numbers);
  }
  return `${lines.join("\n")}\n# EOF\n`;
}

const ESCAPES: Record<string, string> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
};

/** Labels (OpenMetrics, section 3.2): any text, with three characters escaped. */
function labels(values: Record<string, string>): string {
  const pairs = Object.entries(values).map(([name, value]) => {
    // A half of a surrogate pair is no UTF-8.
    const text = value.toWellFormed().replace(/[\\"\n]/g, (c) => ESCAPES[c]);
    return `${name}="${text}"`;
  });
  return `{${pairs.join(",")}}`;
}
