import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { openTerminal } from "../tests/helpers/terminal.ts";
import type { Contender } from "./contenders.ts";

/** A contender that runs. */
export interface Running extends AsyncDisposable {
  /** When it was started, in milliseconds since 1970. */
  spawned: number;
  /** Its process id, once it has one. */
  pid(): Promise<number | undefined>;
  /** Resolves when it has ended; rejects with its output if it failed. */
  end: Promise<void>;
  /** Quits it, if it does not end by itself. */
  quit?(): Promise<void>;
  /** All that it wrote to its terminal, if it has one. */
  drawn?(): Promise<string>;
}

/** Starts a contender: in a terminal of 80×24 if it needs one. */
export function launch(
  contender: Contender,
  command: string[],
  file: string,
): Promise<Running> {
  return contender.terminal
    ? launchInTerminal(contender, command)
    : Promise.resolve(launchAlone(contender, command, file));
}

function launchAlone(
  { name, rows }: Contender,
  [program, ...args]: string[],
  file: string,
): Running {
  const stdout = rows === "stdout" ? openSync(file, "w") : "ignore";
  const spawned = Date.now();
  const child = spawn(program, args, { stdio: ["ignore", stdout, "pipe"] });
  if (typeof stdout === "number") closeSync(stdout);
  let told = "";
  child.stderr!.on("data", (text) => told += text);
  return {
    spawned,
    pid: () => Promise.resolve(child.pid),
    end: once(child, "exit").then(([code]) => {
      if (code !== 0) throw new Error(`${name} ended with ${code}: ${told}`);
    }),
    [Symbol.asyncDispose]: () => {
      child.kill();
      return Promise.resolve();
    },
  };
}

async function launchInTerminal(
  { name }: Contender,
  command: string[],
): Promise<Running> {
  const folder = await Deno.makeTempDir();
  const terminal = await openTerminal(folder, 80, 24);
  const shell = await terminal.pid();
  const spawned = Date.now();
  await terminal.run(command);
  return {
    spawned,
    pid: async () => Number(await children(shell)) || undefined,
    end: terminal.code(Infinity).then(async (code) => {
      if (code === 0) return;
      throw new Error(`${name} ended with ${code}: ${await terminal.screen()}`);
    }),
    quit: () => terminal.press("C-c"),
    drawn: terminal.drawn,
    async [Symbol.asyncDispose]() {
      await terminal[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** The processes that one started, if there is a /proc (proc(5)). */
function children(pid: number): Promise<string> {
  return Deno.readTextFile(`/proc/${pid}/task/${pid}/children`).catch(() => "");
}
