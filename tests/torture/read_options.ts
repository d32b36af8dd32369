import { parseArgs } from "node:util";

/** An option with a value: its default, and its line in the help. */
type Option = readonly [default_: string, text: string];

/**
 * Reads the command line of a task. `--help` prints its options and ends the
 * process; a wrong option ends it with 2.
 */
export function readOptions<Name extends string>(
  task: string,
  options: Record<Name, Option>,
): Record<Name, string> {
  const entries = Object.entries<Option>(options);
  const width = Math.max(...entries.map(([name]) => name.length)) + 10;
  const help = [
    `Usage: deno task ${task} [options]\n`,
    ...entries.map(([name, [value, text]]) =>
      `  ${`--${name} <value>`.padEnd(width)}  ${text} (default: ${value})`
    ),
    `  ${"-h, --help".padEnd(width)}  Show this help.`,
  ].join("\n");
  try {
    const { values } = parseArgs({
      options: {
        ...Object.fromEntries(
          entries.map(([name, [value]]) =>
            [name, { type: "string", default: value }] as const
          ),
        ),
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (!values.help) return values as unknown as Record<Name, string>;
    console.log(help);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n\n${help}`);
    Deno.exit(2);
  }
  Deno.exit();
}
