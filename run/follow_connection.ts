import type { BrokerStatus } from "../pipeline/mod.ts";
import type { ConnectionSnapshot } from "./run_snapshot.ts";

/** How it stands with the broker, for a screen. */
export interface TuiConnection {
  /** For `mqtt()`. */
  onStatus(status: BrokerStatus): void;
  /** The flow has ended, with an error. */
  ended(error: unknown): void;
  /** How it stands now. */
  snapshot(): ConnectionSnapshot;
  /** Whether there ever was a connection. */
  wasConnected(): boolean;
}

/** What {@linkcode followConnection} is given. */
export interface TuiConnectionOptions {
  /** The broker's URL, fit to be shown. */
  shown: string;
  /** The quality of service asked for. */
  qos: number;
  /** Takes what a person should know of it. */
  tell(text: string): void;
  /** Is called where something else has changed. */
  changed(): void;
}

/**
 * Follows how it stands with the broker.
 *
 * @example
 * ```ts
 * import { followConnection } from "./follow_connection.ts";
 *
 * const connection = followConnection({
 *   shown: "mqtt://pi:1883",
 *   qos: 1,
 *   tell: () => {},
 *   changed: () => {},
 * });
 * connection.onStatus({ state: "connected", version: "5", qos: 1, reconnects: 0 });
 * if (connection.snapshot().state !== "connected") throw connection.snapshot();
 * ```
 */
export function followConnection(
  { shown, qos, tell, changed }: TuiConnectionOptions,
): TuiConnection {
  let connection: ConnectionSnapshot = {
    url: shown,
    state: "connecting",
    qos,
    reconnects: 0,
  };
  let everConnected = false;
  // The screen says already which broker it is.
  const brief = (reason: string) =>
    reason.replaceAll(` to ${shown}`, "").replaceAll(shown, "The broker");
  return {
    onStatus(status) {
      const before = connection.state;
      const rest = { ...connection, reason: undefined, retryAt: undefined };
      switch (status.state) {
        case "connecting":
          connection = { ...rest, state: "connecting" };
          break;
        case "connected": {
          const { version, reconnects } = status;
          const state = "connected";
          connection = { ...rest, state, version, qos: status.qos, reconnects };
          everConnected = true;
          tell(reconnects === 0 ? "Connected" : "Reconnected");
          if (status.qos < qos) {
            tell(`The broker grants QoS ${status.qos}, not ${qos}`);
          }
          break;
        }
        case "reconnecting": {
          const reason = brief(status.error.message);
          const retryAt = Date.now() / 1000 + status.delay;
          connection = { ...rest, state: "reconnecting", reason, retryAt };
          if (before === "reconnecting") changed();
          else tell(`No connection: ${reason}`);
        }
      }
    },
    ended(error) {
      const reason = brief((error as Error).message);
      connection = { ...connection, state: "offline", reason };
      tell(`Offline: ${reason}`);
    },
    snapshot: () => connection,
    wasConnected: () => everConnected,
  };
}
