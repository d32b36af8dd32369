/** Checks a `config.py` by the firmware's own rules, on a virtual board, before it replaces one that works. */
import { WeirError } from "../../pipeline/error.ts";
import { escape } from "../../pipeline/escape.ts";
import { deviceFiles } from "../device_files.ts";
import { startBoard } from "../simulator/mod.ts";

/** Runs `config.py` and the checks that a board makes at its start, and nothing else. */
const CHECK = `from settings import load
c = load()
if c['MQTT_TLS']:
    print('MQTT_CA ' + c['MQTT_CA'])
print('Checked')
`;

const AUTHORITY = /^MQTT_CA (.*?)\r?$/m;

/** How long a `config.py` may run, in milliseconds. */
const PATIENCE = 30_000;

/**
 * Resolves if a board would start with this `config.py`, with the name of the certificate that it needs, if it needs one.
 *
 * A file that imports a module which only the person's board has is checked as far as that import.
 *
 * @throws {WeirError} with the file, line and reason of each problem. A password is not shown.
 *
 * @example
 * ```ts ignore
 * await checkConfig("config.py", await Deno.readTextFile("config.py"));
 * ```
 */
export async function checkConfig(
  file: string,
  text: string,
): Promise<string | undefined> {
  const printed = await runChecks(text);
  const problems = findProblems(text, printed);
  if (problems.length === 0) return AUTHORITY.exec(printed)?.[1];
  const lines = problems.map(({ line, reason }) =>
    `  ${escape(file)}${line ? `:${line}` : ""}: ${escape(reason)}`
  );
  throw new WeirError(
    "ERR_WEIR_FILE",
    `The board would not start with this configuration:\n${
      lines.join("\n")
    }\nNothing was written. Correct it, and run the command again.`,
  );
}

const runChecks = (text: string) =>
  runOnBoard({ ...deviceFiles, "config.py": text, "main.py": CHECK });

/** Resolves with what a virtual board with these files prints until it is at its prompt. */
export async function runOnBoard(
  files: Record<string, string>,
): Promise<string> {
  await using board = await startBoard({ files });
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(
    () => late.resolve("ValueError: it does not end within 30 s"),
    PATIENCE,
  );
  try {
    return await Promise.race([board.waitFor(/>>> $/), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

interface Problem {
  /** The line, from 1; undefined if it is missing. */
  line?: number;
  reason: string;
}

const INVALID = /^E_CFG: ((\w+) .*?)(?: \(is None\))?\r?$/gm;
const RAISED = /^(\w+(?:Error|Exception|Exit|Interrupt)\b.*?)\r?$/gm;
const PLACE = /File "config\.py", line (\d+)/g;

function findProblems(text: string, printed: string): Problem[] {
  if (/^Checked\r?$/m.test(printed)) return [];
  const invalid = [...printed.matchAll(INVALID)];
  if (invalid.length > 0) {
    return invalid.map(([, reason, name]) => ({
      line: lineOf(text, name),
      reason,
    }));
  }
  const raised = [...printed.matchAll(RAISED)].at(-1)?.[1] ??
    "it ends the program";
  if (raised.startsWith("ImportError:")) return [];
  const place = [...printed.matchAll(PLACE)].at(-1)?.[1];
  const line = place === undefined ? undefined : Number(place);
  const source = line === undefined ? "" : text.split("\n")[line - 1] ?? "";
  // Python quotes a word that it does not know, and that may be a password without quotes.
  const harmless = raised.startsWith("SyntaxError") ||
    /^\w+\s*=/.test(source) && !source.includes("PASSWORD");
  const reason = harmless
    ? raised
    : `${raised.split(":")[0]} (is text, such as a password, in quotes?)`;
  return [{ line, reason }];
}

/** The line that sets a name last. */
function lineOf(text: string, name: string): number | undefined {
  const sets = new RegExp(`^\\s*${name}\\s*=`);
  const at = text.split("\n").findLastIndex((line) => sets.test(line));
  return at < 0 ? undefined : at + 1;
}
