/**
 * weir's command line.
 *
 * @module
 */
import { Command } from "@cliffy/command";
import { ask } from "./commands/ask.ts";
import { broker } from "./commands/broker.ts";
import { check } from "./commands/check.ts";
import { completions } from "./commands/completions.ts";
import { config as configure } from "./commands/config.ts";
import { demo } from "./commands/demo.ts";
import { deploy } from "./commands/deploy.ts";
import { pub } from "./commands/pub.ts";
import { record } from "./commands/record.ts";
import { run } from "./cli/run_main.ts";
import { sim } from "./commands/sim.ts";
import { sub } from "./commands/sub.ts";
import { tui } from "./commands/tui.ts";
import config from "./deno.json" with { type: "json" };

const main = new Command()
  .name("weir")
  .version(`${config.version} ${Deno.build.target}`)
  .description("Record MQTT sensors to CSV.")
  .help({ colors: false })
  .command("record", record)
  .command("tui", tui)
  .command("sub", sub)
  .command("pub", pub)
  .command("check", check)
  .command("broker", broker)
  .command("sim", sim)
  .command("ask", ask)
  .command("config", configure)
  .command("deploy", deploy)
  .command("demo", demo);
main.command("completions", completions(main));

await run(main);
