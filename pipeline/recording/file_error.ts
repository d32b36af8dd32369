import { dirname, resolve } from "node:path";
import { type ErrorCode, type ErrorFacts, WeirError } from "../error.ts";
import { escape } from "../escape.ts";

type Verb = "read" | "write";

/**
 * Returns an error of the file system as one that a person can do something
 * about. Its `facts.reason` is what happened, without the name of the file.
 *
 * @example
 * ```ts
 * import { fileError } from "../mod.ts";
 *
 * const error = fileError("logs/test.csv", new Deno.errors.NotFound());
 * if (!error.message.includes("folder does not exist")) throw error;
 * ```
 */
export function fileError(
  path: string,
  error: unknown,
  verb: "read" | "write" = "write",
): WeirError {
  if (error instanceof WeirError) return error;
  const { code = "ERR_WEIR_FILE", reason, advice, ...facts } = explain(
    path,
    error,
    verb,
  );
  return new WeirError(
    code,
    `Cannot ${verb} ${escape(path)}: ${reason}.${advice ? ` ${advice}` : ""}`,
    { cause: error, facts: { path, reason, ...facts } },
  );
}

/**
 * Refuses a path that leads to something else than a regular file: a FIFO would
 * hold up whoever opens it, and a device such as `/dev/full` has no end.
 *
 * @throws {WeirError} `ERR_WEIR_IRREGULAR`, and what the file system throws for
 * a folder.
 */
export async function refuseIrregular(path: string, verb: Verb): Promise<void> {
  let found: Deno.FileInfo;
  try {
    found = await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (found.isDirectory) throw new Deno.errors.IsADirectory();
  if (!found.isFile) throw fileError(path, new Irregular(), verb);
}

/** What is there is neither a file nor a folder. */
class Irregular extends Error {}

/** What a symbolic link leads to; undefined if the path is none. */
function targetOf(path: string): string | undefined {
  try {
    return escape(Deno.readLinkSync(path));
  } catch {
    return undefined;
  }
}

interface Explanation {
  code?: ErrorCode;
  reason: string;
  advice?: string;
  help?: ErrorFacts["help"];
  folder?: string;
}

function explain(path: string, error: unknown, verb: Verb): Explanation {
  const writing = verb === "write";
  if (error instanceof Deno.errors.NotFound) {
    const target = targetOf(path);
    if (target !== undefined) {
      const advice = "Make that file, or remove the link.";
      return {
        reason: `it is a link to ${target}, which is not there`,
        advice,
      };
    }
    return writing
      ? { reason: "its folder does not exist", advice: "Make it first." }
      : { reason: "there is no such file" };
  }
  if (error instanceof Deno.errors.IsADirectory) {
    return { reason: "it is a folder", advice: "Give the name of a file." };
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    const advice = "Choose a folder of your own.";
    return { reason: "permission denied", advice: writing ? advice : "" };
  }
  if (
    error instanceof Irregular ||
    // Deno has no permission for a device, but the one for everything.
    error instanceof Deno.errors.NotCapable &&
      error.message.startsWith("Requires all")
  ) {
    return {
      code: "ERR_WEIR_IRREGULAR",
      reason: "it is not a regular file",
      advice: `Give the name of ${writing ? "one" : "a recording"}.`,
      help: writing ? "regular-file" : undefined,
    };
  }
  if (error instanceof Deno.errors.NotCapable) {
    return {
      reason: "Deno was started without the permission for it",
      help: `${verb}-permission`,
      folder: dirname(resolve(path)),
    };
  }
  const { message, code } = error as Error & { code?: string };
  if (code === "EROFS") {
    return {
      reason: "the disk is read-only",
      advice: "Choose another one.",
    };
  }
  if (code === "ENOSPC" || code === "EDQUOT") {
    return { code: "ERR_WEIR_DISK_FULL", reason: "no space left on the disk" };
  }
  return { reason: message ?? String(error) };
}
