import { formatBytes, formatElapsed, formatRate } from "./format.ts";
import { counted } from "../pipeline/counted.ts";
import { type Row, rule } from "./styled_rows.ts";
import type { Snapshot } from "../run/run_snapshot.ts";
import { cut, visible } from "./fit_text.ts";

/**
 * The broker: how fast it answers, what comes in, and, if it offers `$SYS`,
 * what it reports about itself.
 */
export function brokerRows(snapshot: Snapshot, columns: number): Row[] {
  const { traffic, connection, control } = snapshot;
  const { version, uptime, clients, received, sent } = control.broker;
  const perMinute = (text: string) => formatRate(Number(text) / 60);
  const lines = [
    `${connection.url} · topics ${snapshot.topics.join(", ")}`,
    `ping ${ping(control)}`,
    `in ${formatRate(traffic.messages)} · ${formatBytes(traffic.bytes)}/s` +
    ` · ${counted(connection.reconnects, "reconnect")}`,
    version,
    join([
      uptime && `up ${formatElapsed(parseInt(uptime))}`,
      clients && counted(Number(clients), "client"),
    ]),
    join([
      received && `receives ${perMinute(received)}`,
      sent && `sends ${perMinute(sent)}`,
    ]),
  ].filter((line) => line);
  return [
    rule("Broker", "", columns),
    ...lines.map((line) => [` ${cut(visible(line ?? ""), columns - 2)}`]),
  ];
}

function ping(
  { connected, roundTrip, unanswered = 0 }: Snapshot["control"],
): string {
  if (!connected) return "–";
  if (unanswered > 1) return `no answer for ${Math.floor(unanswered)} s`;
  if (roundTrip === undefined) return "…";
  const ms = roundTrip * 1000;
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

function join(parts: (string | undefined)[]): string {
  return parts.filter((part) => part).join(" · ");
}
