import { type Lines, readLines } from "./lines.ts";

/** A program that runs, with its output; killed at the end if it still runs. */
export interface Attended extends AsyncDisposable {
  /** What it prints on stdout. */
  stdout: Lines;
  /** What it prints on stderr. */
  stderr: Lines;
  /** Resolves with its exit code when it has ended and all was read. */
  code: Promise<number>;
}

/** Listens to a program whose stdout and stderr are piped. */
export function attend(child: Deno.ChildProcess): Attended {
  const stdout = readLines(child.stdout);
  const stderr = readLines(child.stderr);
  const code = Promise.all([child.status, stdout.ended, stderr.ended])
    .then(([status]) => status.code);
  let running = true;
  child.status.then(() => running = false);
  return {
    stdout,
    stderr,
    code,
    async [Symbol.asyncDispose]() {
      if (running) child.kill("SIGKILL");
      await code;
    },
  };
}
