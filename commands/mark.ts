import { defineCommand } from "../cli/define_command.ts";
import { option } from "../cli/define_option.ts";
import { readInstant } from "../cli/instant.ts";
import { UsageError } from "../cli/usage_error.ts";
import { escape } from "../pipeline/escape.ts";
import { addMark, marksPath } from "../pipeline/recording/marks_file.ts";
import { isRecording } from "../pipeline/recording/open_at_end.ts";
import { isFilePattern } from "../pipeline/recording/rotation/file_pattern.ts";
import { say } from "../pipeline/say.ts";

/** `weir mark`: a line of text at a moment of a recording. */
export const command = defineCommand({
  description: "Mark a moment of a recording with a line of text.\n\n" +
    "Marks go to FILE.marks.csv (timestamp,datetime,text), also while FILE is\n" +
    "being recorded. Charts show them. In weir tui: k",
  arguments: "<file> <text>",
  options: {
    at: option(
      "--at <time>",
      "The moment: 2026-01-31T12:00, -5m. (default: now)",
      readInstant,
    ),
  },
  examples: [
    ["Note what you changed", 'weir mark lab.csv "lamp on"'],
    ["A little late", 'weir mark lab.csv "window opened" --at -5m'],
  ],
  tooMany: ([, ...words]) =>
    `A mark is one text. Put it in quotes: "${escape(words.join(" "))}"`,
  async action({ at }, file, text) {
    if (isFilePattern(file)) {
      throw new UsageError(
        `${escape(file)} is a pattern. Name the file that is being recorded.`,
      );
    }
    await checkRecording(file);
    if (text.trim() === "") {
      throw new UsageError("The text of a mark is blank.");
    }
    const mark = await addMark(file, text, at);
    const time = new Date(mark.ts * 1000).toISOString();
    say(`Marked ${time} in ${escape(marksPath(file))}: ${escape(mark.text)}`);
  },
});

/** A mark of a file that is not there would never be seen. */
async function checkRecording(file: string): Promise<void> {
  const found = await isRecording(file);
  if (found) return;
  throw new UsageError(
    found === undefined
      ? `There is no recording ${escape(file)}.`
      : `${escape(file)} is no recording of weir.`,
  );
}
