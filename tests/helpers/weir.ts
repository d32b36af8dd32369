import { fileURLToPath } from "node:url";
import { attend, type Attended } from "./attend.ts";

const ROOT = new URL("../../", import.meta.url);

/** The path of `main.ts`. */
export const MAIN = fileURLToPath(new URL("main.ts", ROOT));

/** A running `weir`. */
export interface Weir extends Attended {
  /** Sends it a signal. */
  kill(signal: Deno.Signal): void;
  /** Its process id. */
  pid: number;
}

/** How it is started. */
export interface WeirOptions {
  /** Added to an environment without weir's own variables. */
  env?: Record<string, string>;
  /** What it reads on stdin. */
  stdin?: string;
  /** Its working folder. Default: the checkout. */
  cwd?: string;
  /** Deno's permission flags. Default: `-A`. */
  permissions?: string[];
  /** A compiled weir, run in an environment of `env` alone. Default: from source. */
  executable?: string;
  /** A program that starts it, with arguments of its own. */
  starter?: string[];
  /** Seconds after which it is killed. Default: a few minutes. */
  patience?: number;
}

/** This process's environment, without weir's own variables. */
function ownEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) =>
      !name.startsWith("WEIR_")
    ),
  );
}

/** Starts `weir` as a user would, from source or compiled. */
export function weir(args: string[], options: WeirOptions = {}): Weir {
  const { env = {}, stdin, cwd, permissions = ["-A"], executable } = options;
  const source = ["run", "-q", "--no-prompt", ...permissions, MAIN];
  const [program, ...rest] = [
    ...options.starter ?? [],
    ...executable ? [executable] : [Deno.execPath(), ...source],
    ...args,
  ];
  const child = new Deno.Command(program, {
    args: rest,
    cwd: cwd ?? ROOT,
    env: executable ? env : { ...ownEnv(), NO_COLOR: "1", ...env },
    clearEnv: true,
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    writer.write(new TextEncoder().encode(stdin))
      .then(() => writer.close()).catch(() => {});
  }
  return {
    ...attend(child, options.patience),
    pid: child.pid,
    kill: (signal) => child.kill(signal),
  };
}
