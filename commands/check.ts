import { defineCommand } from "../cli/define_command.ts";
import { option, text, toggle } from "../cli/define_option.ts";
import { leftOut, pictureOf } from "../cli/draw_recordings.ts";
import { UsageError } from "../cli/usage_error.ts";
import { writeNew } from "../cli/write_new.ts";
import { percentage } from "../plot/percentage.ts";
import type { Problem, Row } from "../pipeline/mod.ts";
import { counted } from "../pipeline/counted.ts";
import { createNew } from "../pipeline/create_new.ts";
import { WeirError } from "../pipeline/error.ts";
import { escape } from "../pipeline/escape.ts";
import { checkRecording } from "../pipeline/recording/check_recording.ts";
import { checkSet } from "../pipeline/recording/check_set.ts";
import { fileError } from "../pipeline/recording/file_error.ts";
import { findRecordings } from "../pipeline/recording/find_recordings.ts";
import { say, sayOut } from "../pipeline/say.ts";
import { writeAll } from "../pipeline/write_all.ts";

/** So many problems are told one by one. */
const MAX_TOLD = 100;

/** So many are in a report. */
const MAX_REPORTED = 10_000;

/** So many sensors' data capture is told. */
const MAX_CAPTURES = 8;

/** `weir check`: is a recording in order? */
export const command = defineCommand({
  description: "Check whether a recording is in order.\n\n" +
    "Looks at its header, whole rows, types, time running backwards, gaps, equal\n" +
    "rows, and the ledger beside it; of several files, also times and rows that two\n" +
    "of them share. The exit code is 1 if something is wrong, also with --repair.\n" +
    "Prints each sensor's data capture. Takes patterns, and .gz.",
  arguments: "<file...>",
  options: {
    repair: toggle(
      "--repair",
      "Write FILE.repaired: the whole rows, equal ones too. FILE is not changed.",
    ),
    html: option(
      "--html <file>",
      "Write a report to this new file: charts, tables, and what is wrong.",
      text,
    ),
  },
  examples: [
    ["After six weeks", "weir check lab.csv"],
    ["A file for each day", "weir check 'lab-*.csv*'"],
    ["A report to file", "weir check lab.csv --html report.html"],
  ],
  async action({ repair, html }, ...files) {
    const paths = await findRecordings(files, {
      onCopy: (path) =>
        say(
          `${path} is left out: the file beside it holds the same rows. The next start of its recording removes one of them.`,
        ),
    });
    if (html === undefined) return await checkFiles(paths, repair);
    if (!/\.html?$/i.test(html)) {
      throw new UsageError("--html is the name of a file that ends in .html.");
    }
    await writeReport(html, paths, repair);
  },
});

/** Checks files, and writes a page of their charts and of what was found. */
async function writeReport(
  html: string,
  paths: string[],
  repair: boolean,
): Promise<void> {
  const lines: string[] = [];
  let wrong: WeirError | undefined;
  await writeNew(html, async () => {
    wrong = await checkFiles(paths, repair, lines).then(
      () => undefined,
      (error) => {
        if (error.code === "ERR_WEIR_PROBLEMS") return error;
        throw error;
      },
    );
    const picture = await pictureOf(paths, {});
    const { drawPage } = await import("../plot/html_page.ts");
    return await drawPage(picture, {
      notes: leftOut(picture),
      problems: { summary: wrong?.message ?? "None.", lines },
    });
  });
  say(`Wrote ${escape(html)}`);
  if (wrong) throw wrong;
}

/**
 * Checks files.
 *
 * @throws {WeirError} `ERR_WEIR_PROBLEMS` if one is not in order.
 */
async function checkFiles(
  paths: string[],
  repair: boolean,
  report?: string[],
): Promise<void> {
  if (paths.length === 1) return await checkFile(paths[0], repair, report);
  let wrong = 0;
  const set = checkSet();
  for (const path of paths) {
    try {
      await checkFile(path, repair, report, (row) => set.add(path, row));
    } catch (error) {
      if (!(error instanceof WeirError)) throw error;
      say(error.message);
      wrong++;
    }
  }
  const between = await set.problems();
  for (const { path, text } of between) {
    const shown = escape(`${path}: ${text}`);
    if (report && report.length < MAX_REPORTED) report.push(shown);
    sayOut(shown);
  }
  if (wrong + between.length === 0) return;
  const found = between.length === 0
    ? ""
    : ` ${counted(between.length, "problem")} between files.`;
  throw new WeirError(
    "ERR_WEIR_PROBLEMS",
    `${wrong} of ${counted(paths.length, "file")} are not in order.${found}`,
  );
}

/**
 * Checks a file.
 *
 * @throws {WeirError} `ERR_WEIR_PROBLEMS` if it is not in order.
 */
async function checkFile(
  file: string,
  repair: boolean,
  report: string[] = [],
  onReading?: (row: Row) => void,
): Promise<void> {
  const name = escape(file);
  const copy = repair ? createCopy(`${file}.repaired`) : undefined;
  let dropped = 0;
  let told = 0;
  const kinds = new Map<string, number>();
  const tell = ({ line, text, kind, drop }: Problem) => {
    if (drop) dropped++;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const shown = escape(`${file}${line ? `:${line}` : ""}: ${text}`);
    if (report.length < MAX_REPORTED) report.push(shown);
    if (++told <= MAX_TOLD) sayOut(shown);
  };
  let isRaw = false;
  const { rows, problems, captures } = await checkRecording(file, {
    onProblem: tell,
    onRow: copy?.write,
    onReading(row) {
      isRaw ||= row.message !== undefined;
      onReading?.(row);
    },
  });
  await copy?.close();

  if (copy) {
    say(
      `Wrote ${escape(copy.path)}: ${counted(rows, "row")}, without ${
        counted(dropped, "line")
      } of ${name}`,
    );
  }
  if (captures.length > 0) say(captureLine(captures, isRaw));
  if (problems === 0) {
    return say(`${name} is in order: ${counted(rows, "row")}`);
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
    `${name}: ${counted(problems, "problem")}${more} in ${
      counted(rows, "row")
    }: ${found}.${hint}`,
  );
}

/**
 * `Data capture: attic 81.4 %, lux-1 100.0 %`, the least first; of a raw
 * recording by topic, since rules make its sensors later.
 */
function captureLine(
  captures: { id: string; share: number }[],
  isRaw: boolean,
): string {
  const sorted = captures.toSorted((a, b) => a.share - b.share);
  const told = sorted.slice(0, MAX_CAPTURES)
    .map(({ id, share }) => `${escape(id)} ${percentage(share)}`);
  const more = sorted.slice(MAX_CAPTURES);
  return `Data capture${isRaw ? " by topic" : ""}: ${told.join(", ")}${
    more.length === 0
      ? ""
      : `, and of ${more.length} more at least ${percentage(more[0].share)}`
  }`;
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
