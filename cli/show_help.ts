import { Command as Library } from "@cliffy/command";
import config from "../deno.json" with { type: "json" };
import type { Command, Commands } from "./define_command.ts";
import type { Option } from "./define_option.ts";

/** Shows the help or the version that these arguments ask for. */
export async function showHelp(
  commands: Commands,
  args: string[],
): Promise<void> {
  const main = new Library()
    .name("weir")
    .version(`${config.version} ${Deno.build.target}`)
    .description("Record MQTT sensors to CSV.")
    .help({ colors: false });
  for (const [name, load] of Object.entries(commands)) {
    main.command(name, describe((await load()).command));
  }
  await main.parse(args);
}

// The type of a command with whatever options, here and in the original.
// deno-lint-ignore no-explicit-any
function describe(command: Command): Library<any> {
  // deno-lint-ignore no-explicit-any
  const described: Library<any> = new Library()
    .description(command.description);
  if (command.arguments) described.arguments(command.arguments);
  for (const { flags, help } of Object.values<Option>(command.options ?? {})) {
    described.option(flags, help);
  }
  for (const [name, line] of command.examples) described.example(name, line);
  return described;
}
