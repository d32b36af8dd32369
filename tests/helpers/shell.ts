import { type Lines, readLines } from "./lines.ts";

/** A shell that runs some text. */
export interface Shell extends AsyncDisposable {
  stdout: Lines;
  stderr: Lines;
  /** Resolves with its exit code when it has ended and all was read. */
  code: Promise<number>;
  /** What was run, and what it said. */
  said(): string;
  /** Presses Ctrl-C. */
  interrupt(): void;
}

/** Where a shell runs. */
export interface ShellOptions {
  cwd: string;
  env: Record<string, string>;
  /** Default: `sh`. */
  shell?: string;
}

/** Starts a shell; it ends at the first command that fails. */
export function startShell(
  text: string,
  { cwd, env, shell = "sh" }: ShellOptions,
): Shell {
  const child = new Deno.Command(shell, {
    args: ["-ec", text],
    cwd,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
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
    said: () => `${text}\n${stdout.text()}\n${stderr.text()}`,
    interrupt: () => child.kill("SIGINT"),
    async [Symbol.asyncDispose]() {
      if (running) child.kill("SIGKILL");
      await code;
    },
  };
}
