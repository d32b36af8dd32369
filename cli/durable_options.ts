import type { Command } from "@cliffy/command";
import type { ConnectionFlags } from "./connection_options.ts";
import { readDuration } from "./duration.ts";
import { UsageError } from "./usage.ts";

/** The options of a durable recording, and those that do not go with it. */
export interface DurableFlags extends ConnectionFlags {
  /** `--durable` */
  durable?: string;
  /** `--give-up` */
  giveUp?: string;
  /** `--overwrite` */
  overwrite?: boolean;
  /** `--count`, where a command has it. */
  count?: number;
}

/** What they come to. */
export interface DurableSettings {
  /** The client id of a durable recording; nothing where it is not one. */
  durable?: string;
  /** Seconds after which it gives a failing disk up. Default: never. */
  giveUp?: number;
}

/**
 * Gives a command the options of a durable recording.
 *
 * @example
 * ```ts
 * import { Command } from "@cliffy/command";
 * import { withDurable } from "./durable_options.ts";
 *
 * withDurable(new Command().description("Record."));
 * ```
 */
// The type of a command with whatever options, here and in the original.
// deno-lint-ignore no-explicit-any
export function withDurable(command: Command<any>): Command<any> {
  return command
    .option(
      "--durable <id:string>",
      "Record each message exactly once, at QoS 1, through crashes and lost connections. The id is the client id under which the broker keeps messages meanwhile.",
    )
    .option(
      "--give-up <time:string>",
      "With --durable: end when the disk could not be written for 60s, 10m … Default: go on trying.",
    );
}

/**
 * Reads the options of a durable recording.
 *
 * @throws {UsageError} where they are wrong, or do not go with the rest.
 *
 * @example
 * ```ts
 * import { readDurable } from "./durable_options.ts";
 *
 * const { giveUp } = readDurable({ durable: "lab", giveUp: "10m" }, ["lab/#"]);
 * if (giveUp !== 600) throw giveUp;
 * ```
 */
export function readDurable(
  flags: DurableFlags,
  topics: readonly string[],
): DurableSettings {
  if (flags.durable === undefined) {
    if (flags.giveUp) throw new UsageError("--give-up goes with --durable.");
    return {};
  }
  const no = (what: string, why: string) => {
    throw new UsageError(`--durable does not go with ${what}: ${why}`);
  };
  if (flags.durable.trim() === "") {
    throw new UsageError("--durable needs an id, such as lab-recorder.");
  }
  if (flags.clientId !== undefined) {
    no("--client-id", "its id is the client id.");
  }
  if (flags.qos === 0) no("--qos 0", "a broker keeps nothing at QoS 0.");
  if (flags.qos === 2) no("--qos 2", "it uses QoS 1 and leaves out doubles.");
  if (flags.count) no("--count", "it would cut a batch short. Use --duration.");
  if (flags.overwrite) {
    no("--overwrite", "a restart would empty the file. Remove it by hand.");
  }
  if (topics.some((topic) => topic.startsWith("$share/"))) {
    no("$share/", "another client may be sent what this one left.");
  }
  return {
    durable: flags.durable,
    giveUp: flags.giveUp ? readDuration(flags.giveUp) : undefined,
  };
}
