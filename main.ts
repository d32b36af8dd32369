/**
 * weir's command line.
 *
 * @module
 */
import type { Commands } from "./cli/define_command.ts";
import { runCommandLine } from "./cli/run_command_line.ts";

/** In the order of use, which is that of the help. */
const commands: Commands = {
  demo: () => import("./commands/demo.ts"),
  record: () => import("./commands/record.ts"),
  tui: () => import("./commands/tui.ts"),
  mark: () => import("./commands/mark.ts"),
  check: () => import("./commands/check.ts"),
  plot: () => import("./commands/plot.ts"),
  export: () => import("./commands/export.ts"),
  replay: () => import("./commands/replay.ts"),
  sub: () => import("./commands/sub.ts"),
  pub: () => import("./commands/pub.ts"),
  broker: () => import("./commands/broker.ts"),
  sim: () => import("./commands/sim.ts"),
  deploy: () => import("./commands/deploy.ts"),
  hold: () => import("./commands/hold.ts"),
  ask: () => import("./commands/ask.ts"),
  config: () => import("./commands/config.ts"),
  completions: async () =>
    (await import("./commands/completions.ts")).completing(commands),
};

await runCommandLine(commands);
