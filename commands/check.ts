import { defineCommand } from "../cli/define_command.ts";
import { toggle } from "../cli/define_option.ts";
import { createNew } from "../cli/new_file.ts";
import {
  checkRecording,
  counted,
  escape,
  fileError,
  findRecordings,
  type Problem,
  say,
  sayOut,
  WeirError,
  writeAll,
} from "../pipeline/mod.ts";

/** So many problems are told one by one. */
const MAX_TOLD = 100;

/** `weir check`: is a recording in order? */
export const command = defineCommand({
  description: "Check whether a recording is in order.\n\n" +
    "Looks at its header, whole rows, types, time running backwards, gaps, equal\n" +
    "rows, and the ledger beside it. The exit code is 1 if something is wrong, also\n" +
    "with --repair. Takes patterns, and .gz.",
  arguments: "<file...>",
  options: {
    repair: toggle(
      "--repair",
      "Write FILE.repaired: the whole rows, equal ones too. FILE is not changed.",
    ),
  },
  examples: [
    ["After six weeks", "weir check lab.csv"],
    ["A file for each day", "weir check 'lab-*.csv*'"],
  ],
  async action({ repair }, ...files) {
    const paths = await findRecordings(files);
    if (paths.length === 1) return await checkFile(paths[0], repair);
    let wrong = 0;
    for (const path of paths) {
      try {
        await checkFile(path, repair);
      } catch (error) {
        if (!(error instanceof WeirError)) throw error;
        say(error.message);
        wrong++;
      }
    }
    if (wrong === 0) return;
    throw new WeirError(
      "ERR_WEIR_PROBLEMS",
      `${wrong} of ${counted(paths.length, "file")} are not in order.`,
    );
  },
});

/**
 * Checks a file.
 *
 * @throws {WeirError} `ERR_WEIR_PROBLEMS` if it is not in order.
 */
async function checkFile(file: string, repair: boolean): Promise<void> {
  const copy = repair ? createCopy(`${file}.repaired`) : undefined;
  let dropped = 0;
  let told = 0;
  const kinds = new Map<string, number>();
  const tell = ({ line, text, kind, drop }: Problem) => {
    if (drop) dropped++;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if (++told > MAX_TOLD) return;
    sayOut(escape(`${file}${line ? `:${line}` : ""}: ${text}`));
  };
  const { rows, problems } = await checkRecording(file, {
    onProblem: tell,
    onRow: copy?.write,
  });
  await copy?.close();

  if (copy) {
    say(
      `Wrote ${copy.path}: ${counted(rows, "row")}, without ${
        counted(dropped, "line")
      } of ${file}`,
    );
  }
  if (problems === 0) {
    return say(`${file} is in order: ${counted(rows, "row")}`);
  }
  const hint = copy || dropped === 0
    ? ""
    : ` --repair writes a copy without the ${counted(dropped, "line")} that ${
      dropped === 1 ? "is no row of its own" : "are no rows of their own"
    }.`;
  const more = problems > MAX_TOLD ? ` (${MAX_TOLD} of them shown)` : "";
  const found = [...kinds].map(([kind, count]) => counted(count, kind))
    .join(", ");
  throw new WeirError(
    "ERR_WEIR_PROBLEMS",
    `${file}: ${counted(problems, "problem")}${more} in ${
      counted(rows, "row")
    }: ${found}.${hint}`,
  );
}

/**
 * A file that is written in pieces, from the first of them on, and must not be
 * there already.
 */
function createCopy(path: string) {
  const encoder = new TextEncoder();
  let file: Deno.FsFile | undefined;
  let text = "";
  /** A copy that is not whole is none. */
  const orRemove = async (act: () => Promise<void>) => {
    file ??= await createNew(path);
    try {
      await act();
    } catch (error) {
      file.close();
      await Deno.remove(path);
      throw fileError(path, error);
    }
  };
  const flush = () =>
    orRemove(async () => {
      await writeAll(file!, encoder.encode(text));
      text = "";
    });
  return {
    path,
    async write(row: string) {
      text += row;
      if (!file || text.length > 65_536) await flush();
    },
    async close() {
      await flush();
      await orRemove(() => file!.sync());
      file!.close();
    },
  };
}
