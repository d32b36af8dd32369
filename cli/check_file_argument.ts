import { escape } from "../pipeline/escape.ts";
import { say } from "../pipeline/say.ts";
import { UsageError } from "./usage_error.ts";

/** Endings of names that are a file's, hardly a topic's. */
const FILE_NAME = /\.(csv|jsonl|txt)$/i;

/** Endings of names that a spreadsheet opens as its own. */
const SPREADSHEET = /\.(xlsx?|ods)$/i;

/**
 * Checks the file to record to beside the topic.
 *
 * @throws {UsageError} if the two are swapped, or it is no name.
 */
export function checkFileArgument(topic: string, file: string): void {
  const shown = escape(file);
  if (file === "-") {
    throw new UsageError(
      "A recording needs the name of a file, and - is none. For CSV on stdout: weir sub --print csv",
    );
  }
  if (FILE_NAME.test(topic) && !FILE_NAME.test(file)) {
    throw new UsageError(
      `${
        escape(topic)
      } is the name of a file, and stands where the topic does. The topic comes first: ${shown} ${
        escape(topic)
      }`,
    );
  }
  if (!SPREADSHEET.test(file)) return;
  say(
    `Warning: ${shown} will be a CSV, which a spreadsheet opens if it is called ${
      shown.replace(SPREADSHEET, ".csv")
    }.`,
  );
}
