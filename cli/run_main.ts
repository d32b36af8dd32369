import type { Command } from "@cliffy/command";
import { WeirError } from "../pipeline/error.ts";
import { dropPermissions } from "./drop_permissions.ts";
import { withHint } from "./hints.ts";
import { UsageError } from "./usage.ts";

/**
 * Runs the command line and ends the process: 0 done, 1 failed, 2 wrong usage.
 * A person's mistake is told in a sentence; a stack trace is for our own.
 *
 * @example
 * ```ts ignore
 * await run(new Command().name("weir").command("record", record));
 * ```
 */
// deno-lint-ignore no-explicit-any
export async function run(main: Command<any>): Promise<never> {
  keepQuiet();
  dropPermissions(Deno.args[0]);
  try {
    await main.parse(Deno.args.length > 0 ? Deno.args : ["--help"]);
  } catch (error) {
    if (error instanceof WeirError) console.error(withHint(error));
    else if (error instanceof Deno.errors.NotCapable) {
      console.error(`${error.message}. Deno was started without it.`);
    } else console.error(error);
    Deno.exit(error instanceof UsageError ? 2 : 1);
  }
  // A client that is still taking its leave must not hold the process up.
  Deno.exit(0);
}

/** With this switch set, a part of mqtt.js prints every packet: the password. */
function keepQuiet(): void {
  try {
    Deno.env.delete("DEBUG");
  } catch {
    // Without the permission for it, mqtt.js cannot see the switch either.
  }
}
