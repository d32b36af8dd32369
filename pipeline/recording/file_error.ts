import { dirname, resolve } from "node:path";
import { WeirError } from "../error.ts";
import { IRREGULAR } from "./refuse_irregular.ts";

/**
 * Says of an error of the file system what a person can do about it.
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
  return new WeirError(
    "ERR_WEIR_FILE",
    `Cannot ${verb} ${path}: ${reason(path, error, verb)}`,
    {
      cause: error,
    },
  );
}

function reason(
  path: string,
  error: unknown,
  verb: "read" | "write",
): string {
  if (error instanceof Deno.errors.NotFound) {
    if (verb === "read") return "there is no such file.";
    return "its folder does not exist. Make it first.";
  }
  if (error instanceof Deno.errors.IsADirectory) {
    return "it is a folder. Give the name of a file.";
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "permission denied. Write to a folder of your own.";
  }
  if (error instanceof Deno.errors.NotCapable) {
    // Deno has no permission for a device, but the one for everything.
    if (error.message.startsWith("Requires all")) return IRREGULAR[verb];
    return `Deno was started without the permission for it. Add: ${
      permissions(path, verb)
    }`;
  }
  const text = error instanceof Error ? error.message : String(error);
  if (text.includes("(os error 30)")) {
    return "the disk is read-only. Write to another one.";
  }
  if (text.includes("(os error 28)")) return "no space left on the disk.";
  return text;
}

/** Deno's flags for the folder of a file. */
function permissions(path: string, verb: "read" | "write"): string {
  const folder = dirname(resolve(path));
  const read = `--allow-read=${folder}`;
  return verb === "read" ? read : `${read} --allow-write=${folder}`;
}
