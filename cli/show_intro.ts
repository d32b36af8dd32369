import config from "../deno.json" with { type: "json" };
import { sayOut } from "../pipeline/say.ts";
import type { Commands } from "./define_command.ts";

/** Shows what weir is and how to begin, on one screen of 80×24. */
export async function showIntro(commands: Commands): Promise<void> {
  sayOut(`weir ${config.version} records MQTT sensors to a CSV.
To begin:
  weir demo                         Try it: needs no broker and no sensor
  weir record sensor-data test.csv  Record a topic to a CSV
  weir tui sensor-data              See every sensor of a topic live
Commands, their options and examples: weir record --help`);
  for (const [name, load] of Object.entries(commands)) {
    const { description } = (await load()).command;
    sayOut(`  ${name.padEnd(12)} ${description.split("\n")[0]}`);
  }
}
