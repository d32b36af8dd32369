import type { BrokerStatus, WeirError } from "../pipeline/mod.ts";
import type { RunEvent } from "./run_event.ts";
import type { ConnectionSnapshot } from "./run_snapshot.ts";

/** The state of the connection, followed from its status. */
export interface FollowedConnection {
  /** For `mqtt()`. */
  onStatus(status: BrokerStatus): void;
  /** The run has ended: no other attempt will be made. */
  end(error?: Error): void;
  /** The state now. */
  snapshot(): ConnectionSnapshot;
}

/** What {@linkcode followConnection} is given. */
export interface FollowOptions {
  /** The broker's URL, fit to be shown. */
  shown: string;
  /** The quality of service asked for. */
  qos: number;
  /** Receives what is worth a line: each loss once, each new refusal. */
  report(event: RunEvent): void;
  /** Is called if anything else has changed. */
  changed(): void;
}

/** Follows the connection to the broker. */
export function followConnection(
  { shown, qos, report, changed }: FollowOptions,
): FollowedConnection {
  let connection: ConnectionSnapshot = {
    url: shown,
    state: "connecting",
    qos,
    reconnects: 0,
    away: 0,
  };
  let lost: { at: number; error: WeirError } | undefined;
  const isNews = ({ code, facts }: WeirError) =>
    lost === undefined ||
    // The broker is back, and refuses.
    (code === "ERR_WEIR_REFUSED" && facts.reason !== lost.error.facts.reason);
  return {
    onStatus(status) {
      const rest = { ...connection, error: undefined, retryAt: undefined };
      switch (status.state) {
        case "connecting":
          connection = { ...rest, state: "connecting" };
          return changed();
        case "connected": {
          const { url, version, reconnects, qos: granted } = status;
          const now = Date.now() / 1000;
          const away = lost && reconnects > 0
            ? (performance.now() - lost.at) / 1000
            : 0;
          connection = {
            ...rest,
            url,
            state: "connected",
            version,
            qos: granted,
            reconnects,
            away: connection.away + away,
            since: connection.since ?? now,
          };
          lost = undefined;
          return report({
            kind: "connected",
            url,
            version,
            granted,
            reconnects,
            away: away || undefined,
          });
        }
        case "reconnecting": {
          const { error, delay } = status;
          const retryAt = Date.now() / 1000 + delay;
          connection = { ...rest, state: "reconnecting", error, retryAt };
          if (!isNews(error)) return changed();
          lost = { at: lost?.at ?? performance.now(), error };
          return report({ kind: "disconnected", error });
        }
      }
    },
    end(error) {
      connection = {
        ...connection,
        state: "offline",
        error,
        retryAt: undefined,
      };
      if (error === undefined) changed();
      else report({ kind: "failed", error });
    },
    snapshot: () => connection,
  };
}
