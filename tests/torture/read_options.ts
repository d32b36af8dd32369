import { parseArgs } from "node:util";

/** An option: its default, which is false for a flag, and its line in the help. */
type Option = readonly [default_: string | false, text: string];

/** What was given: of a flag whether, of any other its value. */
type Given<Options> = {
  [Name in keyof Options]: Options[Name] extends readonly [false, string]
    ? boolean
    : string;
};

/**
 * Reads the command line of a task. `--help` prints its options and ends the
 * process; a wrong option ends it with 2.
 */
export function readOptions<const Options extends Record<string, Option>>(
  task: string,
  options: Options,
): Given<Options> {
  const entries = Object.entries<Option>(options);
  const width = Math.max(...entries.map(([name]) => name.length)) + 10;
  const help = [
    `Usage: deno task ${task} [options]\n`,
    ...entries.map(([name, [value, text]]) =>
      value === false
        ? `  ${`--${name}`.padEnd(width)}  ${text}`
        : `  ${`--${name} <value>`.padEnd(width)}  ${text} (default: ${value})`
    ),
    `  ${"-h, --help".padEnd(width)}  Show this help.`,
  ].join("\n");
  try {
    const { values } = parseArgs({
      options: {
        ...Object.fromEntries(
          entries.map(([name, [value]]) =>
            [
              name,
              value === false
                ? { type: "boolean", default: false }
                : { type: "string", default: value },
            ] as const
          ),
        ),
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (!values.help) return values as unknown as Given<Options>;
    console.log(help);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n\n${help}`);
    Deno.exit(2);
  }
  Deno.exit();
}
