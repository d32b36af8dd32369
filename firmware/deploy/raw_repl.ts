/**
 * MicroPython's raw REPL: code in, its output back, without echo (MicroPython documentation, "The MicroPython
 * Interactive Interpreter Mode", "Raw mode").
 */
import { WeirError } from "../../pipeline/error.ts";
import type { Transport } from "./transport.ts";

/** The raw REPL of a board. */
export interface RawRepl {
  /**
   * Runs code, and resolves with what it printed.
   *
   * @throws {PythonError} where it raised an exception.
   * @throws {WeirError} where the board does not answer.
   */
  run(code: string): Promise<string>;
  /** Restarts the board hard, after code that is run before it; resolves when it is sent. */
  restart(code?: string): Promise<void>;
  /** Interrupts what runs, and opens the raw REPL. Once more, after a restart. */
  enter(): Promise<void>;
  /** Leaves the raw REPL and restarts MicroPython; it then runs `main.py`. */
  softReset(): Promise<void>;
  /** Resolves with what came once it matches, with undefined after `ms`. */
  hear(pattern: RegExp, ms: number): Promise<string | undefined>;
}

/** What Python raised on the board. */
export class PythonError extends Error {
  /** Its last line: `OSError: 28`. */
  get reason(): string {
    return this.message.trim().split("\n").at(-1)!.trim();
  }
}

/** The ESP8266's input ring holds 256 bytes, and is emptied in a moment. */
const CHUNK = 256;
const CHUNK_MS = 10;

/** How long a board may take to give its prompt, and to run a piece of code, in milliseconds. */
const ENTER_MS = 15_000;
const RUN_MS = 20_000;

/** `OK`, what was printed, what was raised. */
// deno-lint-ignore no-control-regex
const RESULT = /OK([^\x04]*)\x04([^\x04]*)\x04>$/;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Talks to a board through its raw REPL.
 *
 * @example
 * ```ts ignore
 * const repl = rawRepl(transport);
 * await repl.enter();
 * console.log(await repl.run("print(1 + 1)"));
 * ```
 */
export function rawRepl(transport: Transport): RawRepl {
  let heard = "";
  let ended = false;
  let wake = () => {};
  const decoder = new TextDecoder();
  (async () => {
    for await (const bytes of transport.readable) {
      heard += decoder.decode(bytes, { stream: true });
      wake();
    }
  })().catch(() => {}).finally(() => {
    ended = true;
    wake();
  });

  async function send(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; at += CHUNK) {
      if (at > 0) await sleep(CHUNK_MS);
      try {
        await transport.write(bytes.subarray(at, at + CHUNK));
      } catch {
        ended = true;
      }
      if (ended) {
        throw new WeirError(
          `The connection to ${transport.name} is gone. Was the board unplugged? Run the command again: what is done is kept.`,
        );
      }
    }
  }

  async function hear(
    pattern: RegExp,
    ms: number,
  ): Promise<string | undefined> {
    const late = performance.now() + ms;
    for (;;) {
      if (pattern.test(heard)) return heard;
      const left = late - performance.now();
      if (left <= 0 || ended) return undefined;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  return {
    hear,
    async enter() {
      const late = performance.now() + ENTER_MS;
      heard = "";
      let all = "";
      while (performance.now() < late && !ended) {
        // Twice: the first may end a sleep only. Ctrl-B leaves a raw REPL that was left open.
        await send("\r\x03\x03\x02");
        await hear(/>>> $/, 1000);
        all += heard;
        heard = "";
        await send("\r\x01");
        if (await hear(/raw REPL; CTRL-B to exit\r?\n>$/, 1000)) {
          heard = "";
          return;
        }
        all += heard;
      }
      throw noPrompt(transport.name, all, ended);
    },
    async run(code) {
      heard = "";
      await send(code + "\x04");
      const all = await hear(RESULT, RUN_MS);
      if (all === undefined) {
        throw new WeirError(
          `The board on ${transport.name} stopped answering. Run the command again: what is done is kept.`,
        );
      }
      const [, out, error] = RESULT.exec(all)!;
      if (error) throw new PythonError(error);
      return out.replaceAll("\r", "");
    },
    async restart(code = "") {
      heard = "";
      await send(`${code}\nimport machine\nmachine.reset()\x04`);
      await hear(/OK/, 2000);
    },
    async softReset() {
      await send("\x02");
      await hear(/>>> $/, 2000);
      heard = "";
      await send("\x04");
    },
  };
}

function noPrompt(name: string, heard: string, ended: boolean): WeirError {
  if (ended) {
    return new WeirError(
      `${name} closed the connection. Is another program using the board?`,
    );
  }
  const what = heard.trim() === ""
    ? "Nothing answers"
    : "What answers is no MicroPython";
  return new WeirError(
    `${what} on ${name}. Is it the right port, and is MicroPython on the board? For an ESP8266 get it from\n` +
      "https://micropython.org/download/ESP8266_GENERIC/ and flash it with esptool:\n" +
      `  esptool --port ${name} erase-flash\n` +
      `  esptool --port ${name} --baud 460800 write-flash --flash-size=detect 0 ESP8266_GENERIC.bin`,
  );
}
