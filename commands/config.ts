import { defineCommand } from "../cli/define_command.ts";
import { option, seconds, toggle } from "../cli/define_option.ts";
import type { BoardConfig, ConnectOptions } from "../pipeline/mod.ts";
import { checkSensorId } from "../pipeline/boards/ask.ts";
import { configure } from "../pipeline/boards/configure.ts";
import { WeirError } from "../pipeline/error.ts";
import { escape } from "../pipeline/escape.ts";
import { say, sayOut } from "../pipeline/say.ts";
import {
  connectionOptions,
  readConnection,
} from "../cli/connection_options.ts";
import { asUsageError, UsageError } from "../cli/usage_error.ts";

/** `weir config`: changes what a board does, from here. */
export const command = defineCommand({
  description: "Change settings of a board, or show them.\n\n" +
    "They are SLEEP_TIME, MQTT_QOS and MAX_FAILURES of its config.py. The broker\n" +
    "keeps them for the board, which applies them at once and at each start. What\n" +
    "it refuses is taken back. KEY= takes a setting away again. Without KEY=VALUE,\n" +
    "show what is kept.",
  arguments: "<sensor_id> [settings...]",
  options: {
    reset: toggle(
      "--reset",
      "Forget what was kept so far: the board goes back to its config.py.",
    ),
    timeout: option(
      "--timeout <seconds>",
      "Wait this long for the board.",
      seconds(),
      { default: 5 },
    ),
    ...connectionOptions,
  },
  examples: [
    ["A sample every 10 s", "weir config lux-1 SLEEP_TIME=10"],
    ["As its config.py says", "weir config lux-1 --reset"],
  ],
  async action({ reset, timeout, ...connection }, sensorId, ...settings) {
    asUsageError(() => checkSensorId(sensorId));
    if (sensorId === "*") {
      throw new UsageError("A configuration is of one board, not of all.");
    }
    const changes = await readSettings(settings);
    const { url, connect } = await readConnection(connection);
    if (Object.keys(changes).length > 0 && Deno.stdin.isTerminal()) {
      await askIfUnknown(url, sensorId, connect);
    }
    const options = { ...connect, timeout, reset };
    const { config, board, state, takenBack, ...before } = await configure(
      url,
      sensorId,
      changes,
      options,
    );
    const id = escape(sensorId);
    for (const [name, value] of Object.entries(config)) {
      sayOut(`${escape(name)}=${escape(String(value))}`);
    }
    if (reset && !before.kept && Object.keys(changes).length === 0) {
      say(`Nothing was kept for ${id}`);
      return;
    }
    const changed = reset || Object.keys(changes).length > 0;
    const kept = Object.keys(config).length > 0;
    if (!changed && !kept) say(`Nothing is kept for ${id}`);
    if (!board) {
      if (changed || kept) {
        say(`${id} ${unheard(state, timeout)}`);
      }
      return;
    }
    const applied = Object.keys(board.applied).map(escape).join(", ");
    const refused = Object.entries(board.refused);
    if (changed && applied !== "") say(`${id} applied ${applied}`);
    else if (changed && refused.length === 0) {
      say(`${id} does as its config.py says`);
    }
    if (refused.length > 0) {
      const whys = refused.map(([name, why]) =>
        `${id} refused ${name === "*" ? "it" : escape(name)}: ${escape(why)}`
      );
      if (takenBack.length > 0) {
        const names = takenBack.map(escape).join(", ");
        const asBefore = reset ? "" : ", so what is kept is as before";
        whys.push(`Taken back${asBefore}: ${names}`);
      }
      const undo = refused.filter(([name]) =>
        name === "*" ? takenBack.length === 0 : !takenBack.includes(name)
      ).map(([name]) => name === "*" ? "--reset" : `${escape(name)}=`).join(
        " ",
      );
      if (undo !== "") {
        whys.push(`To take that away: weir config ${id} ${undo}`);
      }
      throw new WeirError("ERR_WEIR_BOARD", whys.join("\n"));
    }
  },
});

/** A mistyped id would keep the settings for a board that may never come. */
async function askIfUnknown(
  url: string,
  sensorId: string,
  connect: ConnectOptions,
): Promise<void> {
  const { kept, state } = await configure(url, sensorId, {}, connect);
  if (kept || state !== undefined) return;
  const question = `No board ${
    escape(sensorId)
  } has been heard of. Keep this for one that may come?`;
  if (confirm(question)) return;
  throw new WeirError("ERR_WEIR_BROKEN_OFF", "Nothing was changed.");
}

function unheard(state: string | undefined, timeout: number): string {
  if (state === "offline") {
    return "is offline. It will apply it when it is back.";
  }
  if (state === undefined) {
    return "is not known to the broker. A board of that id will apply it when it comes.";
  }
  return `did not say within ${timeout} s whether it applied it. Its firmware may be older than this weir.`;
}

/** `KEY=VALUE`: a number, true, false, or else text; nothing at all takes the key away. */
async function readSettings(
  given: string[],
): Promise<Record<string, BoardConfig[string] | undefined>> {
  const { problem } = await import("../firmware/config_file.ts");
  return Object.fromEntries(given.map((text) => {
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(text) ?? [];
    if (name === undefined) {
      throw new UsageError(
        `"${escape(text)}" is no setting. Write it like SLEEP_TIME=10.`,
      );
    }
    if (/PASSWORD|WIFI|HOST/.test(name)) {
      throw new UsageError(
        `${name} cannot be changed this way: set it in config.py on the board.`,
      );
    }
    if (value === "") return [name, undefined];
    const setting = readValue(value);
    // What a number may be is the board's to say.
    const wrong = typeof setting === "number"
      ? undefined
      : problem(name, setting);
    if (wrong) throw new UsageError(`${name} ${wrong}, not ${escape(value)}.`);
    return [name, setting];
  }));
}

function readValue(text: string): number | string | boolean {
  try {
    const value = JSON.parse(text);
    if (typeof value !== "object") return value;
  } catch {
    // Text then.
  }
  return text;
}
