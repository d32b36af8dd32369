import type { RunEvent } from "./run_event.ts";
import type { ConnectionSettings } from "./run_settings.ts";
import type { Actions } from "./run_snapshot.ts";

/** Seconds to wait for a board's answer. */
const ASK_TIMEOUT = 5;

/**
 * What a person can send while a run goes on: each on a connection of its own, so
 * not under the client id of the run's.
 */
export function actBeside(
  { connect, here }: Pick<ConnectionSettings, "connect"> & { here(): string },
  report: (event: RunEvent) => void,
): Pick<Actions, "publish" | "clearRetained" | "ask"> {
  const beside = { ...connect, clientId: undefined };
  const send = async (topic: string, payload: string, retain = false) => {
    const { publish } = await import("../pipeline/mqtt/publish.ts");
    await publish(here(), topic, [payload], { ...beside, retain });
  };
  return {
    async publish(topic, payload) {
      await send(topic, payload);
      report({ kind: "published", topic });
    },
    async clearRetained(topic) {
      await send(topic, "", true);
      report({ kind: "cleared", topic });
    },
    async ask(sensor_id) {
      const { ask } = await import("../pipeline/boards/ask.ts");
      const options = { ...beside, timeout: ASK_TIMEOUT };
      const [reply] = await Array.fromAsync(
        ask(here(), sensor_id, "sample", options),
      );
      report({ kind: "answered", reply });
      return reply;
    },
  };
}
