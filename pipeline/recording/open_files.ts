import {
  openRecording,
  type Recording,
  type RecordingOptions,
} from "./open_recording.ts";
import type { PathOf, RotationOptions } from "./rotation/path_of.ts";
import type { RowFormat } from "./row_format.ts";

/**
 * Opens a recording of one file, or of those that a function names or that a
 * bound of their size makes.
 *
 * @throws {WeirError} if the file cannot be opened.
 */
export async function openFiles(
  path: string | PathOf,
  format: (path: string) => RowFormat,
  options: RecordingOptions & RotationOptions,
): Promise<Recording> {
  const { maxSize, gzip = false } = options;
  if (typeof path === "string" && maxSize === undefined && !gzip) {
    return await openRecording(path, format(path), options);
  }
  const { openRotating } = await import("./rotation/rotating_recording.ts");
  return await openRotating(path, format, options);
}
