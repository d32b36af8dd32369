/** A virtual board, seen from the host: power, console, files, and faults. */
import {
  type Answer,
  answer,
  BrokerFault,
  openBridge,
  Power,
  ring,
  Word,
} from "./bridge.ts";
import type { ClockOptions } from "./clock.ts";
import { Errno } from "./errno.ts";
import { type Faults, makeFaults } from "./faults.ts";
import type { Files } from "./flash.ts";
import type { Light } from "./light.ts";
import { sockets } from "./sockets.ts";
import type { FromBoard, ToBoard } from "./messages.ts";
import type { Weather } from "./weather.ts";
import type { Network } from "./wlan.ts";

/** What a board is made of. */
export interface BoardOptions {
  /** The files on its flash, by path; text or bytes. `main.py` starts at boot. */
  files?: Record<string, string | Uint8Array>;
  /** `machine.unique_id()`, as hexadecimal digits. Default: drawn at random. */
  uniqueId?: string;
  /** The access point in range, or several. Default: `my_wifi_sid`, `my_wifi_password`. */
  wifi?: Network | readonly Network[];
  /** The network in its flash, which it joins by itself at boot. Default: none. */
  storedWifi?: Network;
  /** The light on its TSL2591. Default: a day. */
  light?: Light;
  /** The air around its other sensors. Default: that of a day in a room. */
  weather?: Weather;
  /** Real time, or leaping time. Default: real. */
  clock?: ClockOptions;
  /** Signal strength in dBm. Default: -60. */
  rssi?: number;
  /** Switches the board off when aborted. */
  signal?: AbortSignal;
  /** Called with what the board prints. */
  onOutput?: (text: string) => void;
}

/** How long a board may take to notice that its power is gone. */
const STOP_MS = 2000;

/** A board that has been switched on. */
export interface Board extends AsyncDisposable {
  /** Everything it printed since it was switched on. */
  readonly output: string;
  /** `machine.reset_cause()` of each boot so far. */
  readonly boots: readonly number[];
  /** Types at its console: `"\r"` is Enter, `"\x03"` Ctrl-C. */
  type(text: string): void;
  /**
   * Resolves with the output from `from` (default: all) once it matches, or once `pattern()` is true; looks when the
   * board prints or boots. Rejects when the board is switched off.
   */
  waitFor(
    pattern: RegExp | string | (() => boolean),
    from?: number,
  ): Promise<string>;
  /** Types a line at the prompt, and resolves with what it printed when the prompt is back. */
  repl(line: string): Promise<string>;
  /** Reads its flash (when it is not busy in Python). */
  files(): Promise<Files>;
  /** What can be made to go wrong. */
  faults: Faults;
  /** How often files were written on its flash so far, its radio's settings among them, and how many bytes. */
  readonly wear: { files: number; bytes: number };
  /** Sets what the ADC reads, 0 to 1024. */
  adc(reading: number): void;
  /**
   * Switches it off; resolves with what is on its flash. A program that calls nothing (`while True: pass`) is let go
   * after 2 s, and keeps a processor busy until this process ends.
   */
  stop(): Promise<Files>;
  /** Resolves when it is off; rejects if the simulator itself failed. */
  readonly off: Promise<Files>;
}

const encode = (data: string | Uint8Array) =>
  typeof data === "string" ? new TextEncoder().encode(data) : data;

/**
 * Switches a board on: a Worker with MicroPython, which runs `boot.py` and `main.py` from `files` and then its REPL.
 *
 * ```ts
 * import { startBoard } from "./mod.ts";
 *
 * await using board = await startBoard();
 * console.assert(await board.repl("1 + 1") === "2");
 * ```
 */
export function startBoard(options: BoardOptions = {}): Promise<Board> {
  const bridge = openBridge();
  const { words } = bridge;
  Atomics.store(words, Word.FLASH_BYTES, -1);
  const is = (word: number, value: number) =>
    Atomics.load(words, word) === value;
  const { clock = "real" } = options;
  const pace = clock === "real" ? 1 : clock.pace;
  const net = sockets({
    lost: () => is(Word.WIFI_LOST, 1),
    refuses: () => is(Word.BROKER, BrokerFault.REFUSES),
    hangs: () => is(Word.BROKER, BrokerFault.HANGS),
    namesTake() {
      const ms = Atomics.load(bridge.words, Word.DNS_MS);
      return ms < 0 ? Infinity : ms / pace;
    },
  });
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    type: "module",
  });
  const send = (message: ToBoard) => worker.postMessage(message);

  let output = "";
  const boots: number[] = [];
  const off = Promise.withResolvers<Files>();
  off.promise.catch(() => {});
  const started = Promise.withResolvers<void>();
  let watchers: (() => void)[] = [];
  let fileReaders: ((files: Files) => void)[] = [];
  let lastFiles: Files = {};
  let isOff = false;

  const changed = () => {
    const all = watchers;
    watchers = [];
    for (const each of all) each();
  };
  const end = () => {
    isOff = true;
    net.closeAll();
    worker.terminate();
    options.signal?.removeEventListener("abort", stop);
    changed();
  };

  worker.onmessage = async (
    { data }: MessageEvent<FromBoard>,
  ) => {
    if ("request" in data) {
      let reply: Answer = { status: -Errno.EIO };
      try {
        reply = await net.serve(data.request);
      } finally {
        // Whatever happened, the Worker must not wait for ever.
        answer(bridge, reply);
      }
    } else if ("output" in data) {
      output += data.output;
      options.onOutput?.(data.output);
      changed();
    } else if ("booted" in data) {
      boots.push(data.booted);
      started.resolve();
      changed();
    } else if ("files" in data) {
      lastFiles = data.files;
      for (const give of fileReaders) give(data.files);
      fileReaders = [];
    } else if ("off" in data) {
      end();
      started.resolve();
      off.resolve(lastFiles);
    } else if ("crashed" in data) {
      const error = new Error(`The virtual board failed: ${data.crashed}`);
      end();
      started.reject(error);
      off.reject(error);
    }
  };
  worker.onerror = (event) => {
    event.preventDefault();
    end();
    const error = new Error(`The virtual board failed: ${event.message}`);
    started.reject(error);
    off.reject(error);
  };

  const set = (word: number, value: number) => {
    Atomics.store(words, word, value);
    ring(bridge);
    net.wake();
    if (!isOff) send({ bell: true });
  };
  function stop(): Promise<Files> {
    if (isOff) return off.promise;
    set(Word.POWER, Power.OFF);
    const timer = setTimeout(() => {
      end();
      off.resolve(lastFiles);
    }, STOP_MS);
    return off.promise.finally(() => clearTimeout(timer));
  }
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener("abort", stop);

  const files = Object.fromEntries(
    Object.entries(options.files ?? {}).map(([k, v]) => [k, encode(v)]),
  );
  send({
    setup: {
      memory: bridge.memory,
      files,
      uniqueId: options.uniqueId ??
        crypto.randomUUID().slice(0, 8),
      wifi: [
        options.wifi ?? { essid: "my_wifi_sid", password: "my_wifi_password" },
      ].flat(),
      storedWifi: options.storedWifi,
      light: options.light ?? { kind: "day" },
      weather: options.weather ?? {},
      clock: options.clock ?? "real",
      rssi: options.rssi ?? -60,
    },
  });

  const board: Board = {
    get output() {
      return output;
    },
    get boots() {
      return boots;
    },
    off: off.promise,
    type(text) {
      if (text.includes("\x03")) set(Word.INTERRUPT, 1);
      send({ input: text });
    },
    async waitFor(pattern, from = 0) {
      for (;;) {
        const text = output.slice(from);
        const matches = typeof pattern === "string"
          ? text.includes(pattern)
          : typeof pattern === "function"
          ? pattern()
          : pattern.test(text);
        if (matches) return text;
        if (isOff) {
          throw new Error(
            `The board is off and never printed ${pattern}. It printed:\n${text}`,
          );
        }
        await new Promise<void>((resolve) => watchers.push(resolve));
      }
    },
    async repl(line) {
      await board.waitFor(/>>> $/);
      const from = output.length;
      board.type(line + "\r");
      const text = await board.waitFor(/\n>>> $/, from);
      return text.slice(text.indexOf("\n") + 1, -">>> ".length)
        .replaceAll("\r", "").trimEnd();
    },
    files() {
      if (isOff) return Promise.resolve(lastFiles);
      return new Promise((resolve) => {
        fileReaders.push(resolve);
        send({ readFiles: true });
      });
    },
    faults: makeFaults(bridge, set, net.halfClose),
    get wear() {
      return {
        files: Atomics.load(words, Word.FLASH_FILES),
        bytes: Atomics.load(words, Word.FLASH_WRITTEN),
      };
    },
    adc: (reading) => set(Word.ADC, reading),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
  return started.promise.then(() => board);
}
