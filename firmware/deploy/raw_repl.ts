/**
 * MicroPython's raw REPL: code in, its output back, without echo (MicroPython documentation, "The MicroPython
 * Interactive Interpreter Mode", "Raw mode").
 */
import { WeirError } from "../../pipeline/error.ts";
import { flashing } from "./advice.ts";
import { askWindow, paste } from "./raw_paste.ts";
import type { Transport } from "./transport.ts";
import { decode, listen } from "./wire.ts";

/** The raw REPL of a board. */
export interface RawRepl {
  /**
   * Runs code, and resolves with what it printed.
   *
   * @throws {PythonError} where it raised an exception.
   * @throws {WeirError} where the board does not answer.
   * @throws the signal's reason if it is aborted.
   */
  run(code: string): Promise<string>;
  /** Restarts the board hard, after code that is run before it; resolves when it is sent. */
  restart(code?: string): Promise<void>;
  /** Interrupts what runs, and opens the raw REPL. Again after a restart: raw-paste mode is tried again. */
  enter(): Promise<void>;
  /** Leaves the raw REPL, for the prompt that a person types at. */
  leave(): Promise<void>;
  /** Leaves the raw REPL and restarts MicroPython; it then runs `main.py`. */
  softReset(): Promise<void>;
  /** Resolves with what came up to the end of a match, which is then forgotten; with undefined after `ms`. */
  hear(pattern: RegExp, ms: number): Promise<string | undefined>;
  /**
   * What came and was not yet resolved with; it is then forgotten.
   *
   * @throws {WeirError} where the connection is gone.
   */
  drain(): string;
}

/** What Python raised on the board. */
export class PythonError extends Error {
  /** Its last line: `OSError: 28`. */
  get reason(): string {
    return this.message.trim().split("\n").at(-1)!.trim();
  }
}

/** Without raw-paste mode nothing holds the host back: the ESP8266's input ring has 256 bytes, and is emptied in a moment. */
const CHUNK = 256;
const CHUNK_MS = 10;

/** How long a board may take to give its prompt, and to run a piece of code, in milliseconds. */
const ENTER_MS = 15_000;
const RUN_MS = 20_000;

/** How long a port may be away while its board restarts. */
const AWAY_MS = 15_000;

/** What was printed, what was raised. */
// deno-lint-ignore no-control-regex
const RESULT = /([^\x04]*)\x04([^\x04]*)\x04>/;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Talks to a board through its raw REPL. Once the signal is aborted no code is run any more, but a soft reset is possible.
 */
export function rawRepl(
  transport: Transport,
  signal?: AbortSignal,
): RawRepl {
  let wire = listen(transport);
  /** Whether the board may have raw-paste mode. */
  let pastes = true;
  /** Whether the board was restarted, and its port may have left with it. */
  let restarted = false;

  async function send(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; at += CHUNK) {
      if (at > 0) await sleep(CHUNK_MS);
      await wire.send(bytes.subarray(at, at + CHUNK));
    }
  }

  /** Hands code over, the fast way where the board has it; resolves with whether it took it. */
  async function handOver(code: string): Promise<boolean> {
    if (pastes) {
      const size = await askWindow(wire, RUN_MS);
      if (size === undefined) return false;
      if (size > 0) {
        return await paste(wire, new TextEncoder().encode(code), size, RUN_MS);
      }
      pastes = false;
    }
    await send(code + "\x04");
    return await wire.hear(/OK/, RUN_MS) !== undefined;
  }

  async function leave(): Promise<void> {
    await send("\x02");
    await wire.hear(/>>> $/, 2000);
    wire.drain();
  }

  return {
    async hear(pattern, ms) {
      const text = await wire.hear(pattern, ms);
      return text === undefined ? undefined : decode(text);
    },
    drain() {
      if (wire.ended) throw wire.gone();
      return decode(wire.drain());
    },
    async enter() {
      if (restarted && wire.ended && transport.reopen) {
        await transport.reopen(AWAY_MS);
        wire = listen(transport);
      }
      restarted = false;
      const late = performance.now() + ENTER_MS;
      pastes = true;
      let all = "";
      wire.drain();
      while (performance.now() < late && !wire.ended) {
        signal?.throwIfAborted();
        // Twice: the first may end a sleep only. Ctrl-B leaves a raw REPL that was left open.
        await send("\r\x03\x03\x02");
        all += await wire.hear(/>>> $/, 1000) ?? wire.drain();
        await send("\r\x01");
        if (await wire.hear(/raw REPL; CTRL-B to exit\r?\n>$/, 1000)) return;
        all += wire.drain();
      }
      throw noPrompt(wire.name, all, wire.ended);
    },
    async run(code) {
      signal?.throwIfAborted();
      wire.drain();
      const all = await handOver(code)
        ? await wire.hear(RESULT, RUN_MS)
        : undefined;
      if (all === undefined) {
        if (wire.ended) throw wire.gone();
        throw new WeirError(
          "ERR_WEIR_BOARD",
          `The board on ${wire.name} stopped answering. Run the command again: what is done is kept.`,
        );
      }
      const [, out, error] = RESULT.exec(decode(all))!;
      if (error) throw new PythonError(error);
      return out.replaceAll("\r", "");
    },
    async restart(code = "") {
      wire.drain();
      await send(`${code}\nimport machine\nmachine.reset()\x04`);
      await wire.hear(/OK/, 2000);
      restarted = true;
    },
    leave,
    async softReset() {
      await leave();
      await send("\x04");
    },
  };
}

function noPrompt(name: string, heard: string, ended: boolean): WeirError {
  if (ended) {
    return new WeirError(
      "ERR_WEIR_PORT",
      `${name} closed the connection. Is another program using the board?`,
    );
  }
  const what = heard.trim() === ""
    ? "Nothing answers"
    : "What answers is no MicroPython";
  return new WeirError(
    "ERR_WEIR_BOARD",
    `${what} on ${name}. Is it the right port, and is MicroPython on the board? ${
      flashing(name)
    }`,
  );
}
