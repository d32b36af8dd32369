import type { TimeMark } from "../pipeline/mod.ts";
import { WeirError } from "../pipeline/error.ts";
import {
  addMark,
  marksPath,
  readMarks,
} from "../pipeline/recording/marks_file.ts";
import { every } from "./timer.ts";

/** The marks of a recording, also those that another weir adds. */
export interface FollowedMarks extends Disposable {
  /** The marks, the oldest first. */
  marks(): readonly TimeMark[];
  /**
   * Marks this moment.
   *
   * @throws {WeirError} if there is no recording, or its marks cannot be written.
   */
  add(text: string): Promise<void>;
}

/** The file of marks is looked at every so many seconds. */
const LOOK = 2;

/** Follows the marks of the recording at a path, which may change. */
export function followMarks(
  pathOf: () => string | undefined,
  changed: () => void,
): FollowedMarks {
  let marks: readonly TimeMark[] = [];
  let seen = "";
  const look = async () => {
    const path = pathOf();
    const stamp = path === undefined ? "" : await stampOf(path);
    if (stamp === seen) return;
    seen = stamp;
    // What is shown beside a recording never ends it.
    marks = stamp === "" ? [] : await readMarks(path!).catch(() => []);
    changed();
  };
  void look();
  const timer = every(LOOK, () => void look());
  return {
    marks: () => marks,
    async add(text) {
      const path = pathOf();
      if (path === undefined) {
        throw new WeirError(
          "ERR_WEIR_ARGUMENT",
          "There is no recording to mark.",
        );
      }
      await addMark(path, text);
      await look();
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}

/** What changes with a file of marks; empty if there is none. */
async function stampOf(recording: string): Promise<string> {
  try {
    const { mtime, size } = await Deno.stat(marksPath(recording));
    return `${recording} ${mtime?.getTime()} ${size}`;
  } catch {
    return "";
  }
}
