/**
 * weir's command line.
 *
 * @module
 */
import type { Commands } from "./cli/define_command.ts";
import { runCommandLine } from "./cli/run_command_line.ts";

const commands: Commands = {
  record: () => import("./commands/record.ts"),
  tui: () => import("./commands/tui.ts"),
  sub: () => import("./commands/sub.ts"),
  pub: () => import("./commands/pub.ts"),
  check: () => import("./commands/check.ts"),
  broker: () => import("./commands/broker.ts"),
  sim: () => import("./commands/sim.ts"),
  ask: () => import("./commands/ask.ts"),
  config: () => import("./commands/config.ts"),
  deploy: () => import("./commands/deploy.ts"),
  demo: () => import("./commands/demo.ts"),
  completions: async () =>
    (await import("./commands/completions.ts")).completing(commands),
};

await runCommandLine(commands);
