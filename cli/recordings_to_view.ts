import { WeirError } from "../pipeline/error.ts";
import { escape } from "../pipeline/escape.ts";
import { expectRecording } from "../pipeline/recording/expect_recording.ts";
import { findRecordings } from "../pipeline/recording/find_recordings.ts";
import { UsageError } from "./usage_error.ts";

/** Endings of names that are a file's, hardly a topic's. */
const FILE_NAME =
  /\.(csv|jsonl|txt|tsv|json|log|md|xlsx?|ods|db|sqlite)(\.gz)?$|\.gz$/i;

/** What makes a name a pattern for files; a topic hardly has it in it. */
const PATTERN = /[*?]|\[[^\]]+\]/;

/**
 * Returns the recordings that are meant by a name that stands alone where a
 * topic may; nothing if it is a topic.
 *
 * @throws {UsageError} if it names a file that is not there.
 * @throws {WeirError} if a file is no recording.
 */
export async function recordingsToView(
  name: string,
): Promise<string[] | undefined> {
  const paths = await findPaths(name);
  for (const path of paths ?? []) await expectRecording(path);
  return paths;
}

async function findPaths(name: string): Promise<string[] | undefined> {
  const looksLikeFile = FILE_NAME.test(name);
  if (PATTERN.test(name)) {
    try {
      return await findRecordings([name]);
    } catch (error) {
      if (!(error instanceof WeirError) || looksLikeFile) throw error;
      return undefined;
    }
  }
  const found = await kindOf(name);
  if (found === "file") {
    // A topic may have the name of a file that is here.
    return looksLikeFile || name.includes(".") || await isRecording(name)
      ? [name]
      : undefined;
  }
  if (!looksLikeFile) return undefined;
  if (found !== undefined) return [name];
  if (await kindOf(`${name}.gz`) === "file") return [`${name}.gz`];
  throw new UsageError(
    `There is no file ${
      escape(name)
    } here. To subscribe to a topic of that name, name the file to record to as well.`,
  );
}

/** What is there; nothing if there is nothing. */
async function kindOf(path: string): Promise<"file" | "other" | undefined> {
  try {
    return (await Deno.stat(path)).isFile ? "file" : "other";
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? undefined : "other";
  }
}

const isRecording = (path: string) =>
  expectRecording(path).then(() => true, () => false);
