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

/** For a test that would hang for ever; no test relies on its length. In seconds. */
const PATIENCE = 240;

/**
 * Listens to a program whose stdout and stderr are piped. If it has not ended
 * after so many seconds, it is killed, and `code` rejects.
 */
export function attend(
  child: Deno.ChildProcess,
  patience = PATIENCE,
): Attended {
  const stdout = readLines(child.stdout);
  const stderr = readLines(child.stderr);
  let late = false;
  const timer = patience === Infinity ? undefined : setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, patience * 1000);
  let running = true;
  child.status.then(() => {
    running = false;
    clearTimeout(timer);
  });
  const code = Promise.all([child.status, stdout.ended, stderr.ended])
    .then(([status]) => {
      if (!late) return status.code;
      throw new Error(
        `It did not end in ${patience} s. It printed:\n${stdout.text()}\n${stderr.text()}`,
      );
    });
  // Also if nobody has asked for it yet.
  code.catch(() => {});
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
