/** docs/recipes.md: each recipe makes the rows that it shows of its messages. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Command } from "../cli/define_command.ts";
import { readArguments } from "../cli/read_arguments.ts";
import { readConfig } from "../cli/read_config.ts";
import { readRules } from "../cli/rule_options.ts";
import { command as record } from "../commands/record.ts";
import { csvFormat, type Rule } from "../pipeline/mod.ts";
import { codeBlocks } from "./helpers/code_blocks.ts";
import { makeFolder } from "./helpers/folder.ts";
import { readPage } from "./helpers/pages.ts";
import { readPayloads } from "./helpers/read_payloads.ts";

/** The systems that the page must have a recipe for. */
const SYSTEMS = [
  "zigbee2mqtt",
  "Tasmota",
  "Shelly, first generation",
  "Shelly, second generation and later",
  "ESPHome",
  "Home Assistant's statestream",
  "OwnTracks",
  "rtl_433",
  "Theengs and OpenMQTTGateway",
  "The Things Network",
  "ChirpStack",
  "Victron",
  "Sparkplug B",
];

const sections = (await readPage("docs/recipes.md")).split(/^## /m).slice(1)
  .map((text) => ({ name: text.split("\n", 1)[0], text }));

Deno.test("there is a recipe for each system", () => {
  assert.deepEqual(sections.map(({ name }) => name), SYSTEMS);
});

/** The rules of a config file. */
async function rulesOf(toml: string): Promise<Rule[]> {
  await using folder = await makeFolder();
  const path = folder.path("lab.toml");
  await Deno.writeTextFile(path, toml);
  const config = await readConfig(path, {
    from: "--config",
    command: record,
    commands: () => Promise.resolve<Command[]>([record]),
  });
  return rulesOfLine(["topic", "x.csv"], config);
}

/** The rules of a command line. */
function rulesOfLine(
  args: string[],
  config?: Parameters<typeof readArguments>[3],
): Rule[] {
  const { options } = readArguments("record", record, args, config)!;
  return readRules(options as Parameters<typeof readRules>[0]);
}

/** The messages of a block: what is indented goes on with the line before. */
function messagesOf(text: string): [string, Uint8Array][] {
  return text.trim().replaceAll(/\n +/g, "").split("\n").map((line) => {
    const at = line.indexOf(" ");
    const payload = line.slice(at + 1);
    return [
      line.slice(0, at),
      payload.startsWith("base64:")
        ? Buffer.from(payload.slice(7), "base64")
        : Buffer.from(payload),
    ];
  });
}

/** The rows, with the columns that a block shows. */
function rowsOf(
  events: Awaited<ReturnType<typeof readPayloads>>["events"],
  header: string,
): string[] {
  const { rows } = csvFormat();
  return events.map((event) => {
    const [timestamp, , sensor_id, value] = rows([event]).trimEnd().split(",");
    const cells: Record<string, string> = { timestamp, sensor_id, value };
    return header.split(",").map((name) => cells[name]).join();
  });
}

for (const { name, text } of sections) {
  Deno.test(`the recipe for ${name} makes these rows`, async () => {
    const blocks = codeBlocks(text);
    const only = (language: string) => {
      const found = blocks.filter((block) => block.language === language);
      assert.equal(found.length, 1, language);
      return found[0].text;
    };
    const messages = messagesOf(only("text"));
    const [header, ...expected] = only("csv").trim().split("\n");
    const { events, reasons } = await readPayloads(
      await rulesOf(only("toml")),
      ...messages,
    );
    assert.deepEqual(reasons, []);
    assert.deepEqual(rowsOf(events, header), expected);

    for (const { text } of blocks.filter(({ language }) => language === "sh")) {
      const words = [...text.trim().matchAll(/'([^']*)'|\S+/g)]
        .map(([word, quoted]) => quoted ?? word);
      assert.deepEqual(words.slice(0, 2), ["weir", "record"]);
      const typed = await readPayloads(
        rulesOfLine(words.slice(2)),
        ...messages,
      );
      assert.deepEqual(typed.reasons, []);
      assert.deepEqual(rowsOf(typed.events, header), expected);
    }
  });
}
