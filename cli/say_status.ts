import type { BrokerStatus } from "../pipeline/mod.ts";
import { formatDuration } from "./duration.ts";
import { withHint } from "./hints.ts";

/** What a status line is made of. */
export interface StatusContext {
  /** The broker's URL, fit to be shown. */
  shown: string;
  /** The topics subscribed to. */
  topics: string[];
  /** The quality of service asked for. */
  qos: number;
  /** What happens with the messages: `, recording to test.csv`. */
  doing: string;
}

/**
 * Tells on stderr how it stands with the broker: when it is there, when it is
 * lost, when it is back, and when it then says no.
 *
 * @example
 * ```ts
 * import { tellStatus } from "./say_status.ts";
 *
 * const tell = tellStatus({
 *   shown: "mqtt://pi:1883",
 *   topics: ["sensor-data"],
 *   qos: 1,
 *   doing: "",
 * });
 * tell({ state: "connected", version: "5", qos: 1, reconnects: 0 });
 * ```
 */
export function tellStatus(
  { shown, topics, qos, doing }: StatusContext,
): (status: BrokerStatus) => void {
  let lostAt: number | undefined;
  let reason: string | undefined;
  return (status) => {
    if (status.state === "connected") {
      const away = lostAt === undefined || status.reconnects === 0
        ? ""
        : ` after ${formatDuration((performance.now() - lostAt) / 1000)}`;
      lostAt = reason = undefined;
      const granted = status.qos < qos
        ? `QoS ${status.qos}: the broker does not grant ${qos}`
        : `QoS ${qos}`;
      console.error(
        `${
          status.reconnects ? "Reconnected" : "Connected"
        } to ${shown}${away} (MQTT ${status.version}), subscribed to ${
          topics.join(", ")
        } (${granted})${doing}`,
      );
    } else if (
      status.state === "reconnecting" && status.error.message !== reason
    ) {
      // Once is enough, unless the broker is back and says no.
      const { error } = status;
      const refused = error.code === "ERR_WEIR_REFUSED";
      if (lostAt !== undefined && !refused) return;
      lostAt ??= performance.now();
      reason = error.message;
      const text = withHint(error);
      const stop = /[.?]$/.test(text) ? "" : ".";
      console.error(`${text}${stop} Trying again …`);
    }
  };
}
