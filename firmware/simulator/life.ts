/** A board from one boot to the next reset: MicroPython runs boot.py and main.py, and then its REPL. */
import { Power, Word } from "./bridge.ts";
import { boardModule } from "./board_module.ts";
import { modules, onDemand, prelude } from "./device_modules.ts";
import { type Files, mountFlash, readFlash } from "./flash.ts";
import type { Frame, Pulse } from "./frame.ts";
import { loadInterpreter, type MicroPython } from "./micropython.ts";
import { PowerOff, Reset, ResetCause } from "./reset.ts";
import { makeWatchdog } from "./watchdog.ts";

const CTRL_A = 1;
const CTRL_B = 2;
const CTRL_C = 3;
const RAW_BANNER = "raw REPL; CTRL-B to exit\r\n>";

/** Begins a life; `run()` throws a {@linkcode Reset} or {@linkcode PowerOff} at its end. */
export function life(
  frame: Frame,
): { run(): Promise<never>; files(): Files } {
  const { bridge, clock, inbox, post } = frame;
  const word = (index: number) => Atomics.load(bridge.words, index);
  const decoder = new TextDecoder();
  let python: MicroPython | undefined;
  let output = "";
  /** The end of what was printed. */
  let tail = "";
  let looping = false;
  /** What the REPL says after the statement that handed the main loop over: it is said when the loop is over. */
  let held: string | undefined;
  /** How many Ctrl-C in the inbox have had their effect already. */
  let spent = 0;
  let bell = 0;

  const pulse: Pulse = {
    watchdog: makeWatchdog(clock),
    sockets: new Set(),
    check() {
      const power = word(Word.POWER);
      if (power === Power.OFF) throw new PowerOff();
      if (power === Power.CYCLE) {
        Atomics.store(bridge.words, Word.POWER, Power.ON);
        pulse.end(ResetCause.POWER_ON);
      }
      if (power === Power.RESET) {
        Atomics.store(bridge.words, Word.POWER, Power.ON);
        pulse.end(ResetCause.HARD);
      }
      if (pulse.watchdog.bites()) pulse.end(ResetCause.WATCHDOG);
    },
    sleep(ms) {
      const end = clock.now() + Math.max(0, ms);
      while (clock.now() < end) {
        pulse.check();
        if (pulse.interrupted()) return false;
        clock.sleep(Math.min(end - clock.now(), pulse.watchdog.left()));
        pulse.watchdog.waited(ms);
      }
      return true;
    },
    interrupted() {
      const yes = Atomics.exchange(bridge.words, Word.INTERRUPT, 0) === 1;
      if (yes) spent++;
      return yes;
    },
    looping() {
      looping = true;
      held = "";
      flush();
    },
    end(cause) {
      flush();
      for (const id of pulse.sockets) frame.request({ op: "close", id });
      throw new Reset(cause);
    },
  };

  function flush(): void {
    if (output) post({ output });
    output = "";
  }

  function print(bytes: Uint8Array): void {
    const text = cooked(decoder.decode(bytes, { stream: true }));
    tail = (tail + text).slice(-RAW_BANNER.length);
    if (held !== undefined) held += text;
    else {
      output += text;
      if (text.endsWith("\n")) flush();
    }
  }

  /** Lines end in CR LF on a board's console. */
  function cooked(text: string): string {
    return text.replaceAll("\n", (_, at) => {
      const before = at > 0 ? text[at - 1] : tail.at(-1);
      return before === "\r" ? "\n" : "\r\n";
    });
  }

  /** Runs Python from outside; what it raises is printed, as the REPL would, and undefined returned. */
  function guarded<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "PythonError") {
        throw error;
      }
      looping = false;
      output += cooked(error.message.trimEnd()) + "\r\n";
      flush();
    }
  }

  /** Steps the main loop that Python handed over, if it did, until it ends or is interrupted. */
  async function loop({ globals }: MicroPython): Promise<void> {
    if (!looping) return;
    const rest = held ?? "";
    held = undefined;
    const step = globals.get("_step");
    for (let count = 0; looping; count++) {
      const ms = guarded(() => step());
      if (typeof ms !== "number") break;
      await pause(ms, count);
      if (pulse.interrupted()) guarded(() => globals.get("_interrupt")());
    }
    looping = false;
    output += rest;
    flush();
  }

  async function pause(ms: number, count: number): Promise<void> {
    const end = clock.now() + ms;
    while (clock.now() < end && !word(Word.INTERRUPT)) {
      pulse.check();
      const left = Math.min(end - clock.now(), pulse.watchdog.left());
      if (clock.leaps) clock.sleep(left);
      else await inbox.doze(left);
      pulse.watchdog.waited(ms);
    }
    // A board that leaps must let messages in now and then.
    if (clock.leaps && (count % 256 === 0 || bell !== word(Word.BELL))) {
      await inbox.doze(0);
    }
    bell = word(Word.BELL);
    pulse.check();
  }

  async function nextByte(): Promise<number> {
    for (;;) {
      pulse.check();
      const byte = inbox.take();
      if (byte === undefined) {
        await inbox.doze(Math.min(1000, pulse.watchdog.left()));
        pulse.watchdog.waited(1000);
      } else if (byte === CTRL_C && spent > 0) spent--;
      else {
        if (byte === CTRL_C) Atomics.store(bridge.words, Word.INTERRUPT, 0);
        return byte;
      }
    }
  }

  return {
    files: () => python ? readFlash(python.FS) : frame.files,
    async run() {
      const mp = python = await loadInterpreter(print);
      mp.FS.mkdir("/rom");
      for (
        const [name, source] of Object.entries({ ...modules, ...onDemand })
      ) {
        mp.FS.writeFile(`/rom/${name}.py`, source);
      }
      mountFlash(mp.FS, frame.files, {
        limit: () => word(Word.FLASH_BYTES),
        wear(bytes, first) {
          Atomics.add(bridge.words, Word.FLASH_WRITTEN, bytes);
          if (first) Atomics.add(bridge.words, Word.FLASH_FILES, 1);
        },
      });
      mp.registerJsModule("_board", boardModule(frame, pulse));
      mp.runPython(prelude);
      post({ booted: frame.cause });
      for (const name of ["boot.py", "main.py"]) {
        // Who restarts MicroPython in the raw REPL wants to be there.
        if (!(name in frame.files) || (frame.raw && name === "main.py")) {
          continue;
        }
        guarded(() => mp.runPython(`execfile('${name}')`));
        await loop(mp);
      }
      let { raw } = frame;
      // The raw REPL has a banner of its own.
      if (raw) held = "";
      mp.replInit();
      held = undefined;
      if (raw) mp.replProcessChar(CTRL_A);
      flush();
      for (;;) {
        const byte = await nextByte();
        const exit = mp.replProcessChar(byte);
        if (exit) {
          output += "MPY: soft reboot\r\n";
          flush();
          throw new Reset(ResetCause.SOFT, raw);
        }
        if (byte === CTRL_A) raw ||= tail === RAW_BANNER;
        if (byte === CTRL_B) raw = false;
        await loop(mp);
        if (inbox.empty()) flush();
      }
    },
  };
}
