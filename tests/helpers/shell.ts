import { attend, type Attended } from "./attend.ts";

/** A shell that runs some text. */
export interface Shell extends Attended {
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
  const attended = attend(child);
  return {
    ...attended,
    said: () => `${text}\n${attended.stdout.text()}\n${attended.stderr.text()}`,
    interrupt: () => child.kill("SIGINT"),
  };
}
