/**
 * One board: MicroPython in a Worker, with its peripherals. The Worker outlives resets, and with it the flash; each boot
 * is a new MicroPython.
 */
/// <reference lib="deno.worker" />
import { ask, Errno, openBridge, Power, Word } from "./bridge.ts";
import { type Clock, type ClockOptions, makeClock } from "./clock.ts";
import { modules, prelude } from "./device_modules.ts";
import {
  type EmscriptenFS,
  type Files,
  mountFlash,
  readFlash,
} from "./flash.ts";
import { type Light, lux } from "./light.ts";
import { loadInterpreter, type MicroPython } from "./micropython.ts";
import { ADDRESS, tsl2591 } from "./tsl2591.ts";
import { Status, wlan } from "./wlan.ts";

/** What the host sends first. */
export interface BoardSetup {
  memory: SharedArrayBuffer;
  files: Files;
  uniqueId: string;
  wifi: { essid: string; password: string };
  light: Light;
  clock: ClockOptions;
  rssi: number;
}

/** What the host sends. */
export type ToBoard =
  | { setup: BoardSetup }
  | { input: string }
  | { bell: true }
  | { readFiles: true };

/** What the board sends, besides requests. */
export type FromBoard =
  | { output: string }
  | { booted: number }
  | { files: Files }
  | { time: number }
  | { off: true }
  | { crashed: string };

/** `machine.reset_cause()` after power came, the watchdog bit, and `machine.soft_reset()` or Ctrl-D. */
const POWERED = 0, WATCHDOG = 1, SOFT = 4;
/** The ESP8266's software watchdog bites after about 3.2 s. */
const WATCHDOG_MS = 3200;
const TICKS_PERIOD = 2 ** 30;
const CTRL_C = 3;

class Reset {
  constructor(readonly cause: number) {}
}
class PowerOff {}

const post = (message: unknown) => self.postMessage(message);
const hex = (bytes: Uint8Array) => bytes.toHex();
const unhex = (text: string) => Uint8Array.fromHex(text);

let wake = () => {};
const input: number[] = [];
let setup: BoardSetup | undefined;
let readFiles = () => {};

self.onmessage = ({ data }: MessageEvent<ToBoard>) => {
  if ("setup" in data) {
    setup = data.setup;
    live(setup).catch((error) => post({ crashed: String(error.stack) }));
  } else if ("input" in data) {
    input.push(...new TextEncoder().encode(data.input));
  } else if ("readFiles" in data) {
    readFiles();
  }
  wake();
};

async function live(setup: BoardSetup): Promise<void> {
  const bridge = openBridge(setup.memory);
  const word = (index: number) => Atomics.load(bridge.words, index);
  const request = (r: Parameters<typeof ask>[1]) => ask(bridge, r, post);
  const clock = makeClock(
    setup.clock,
    bridge,
    (wait) => request({ op: "settle", wait }).status,
  );
  let files = setup.files;
  let cause = POWERED;
  let poweredAt = 0;
  let rtcMemory = "";
  for (;;) {
    if (cause === POWERED) {
      poweredAt = clock.now();
      rtcMemory = "";
    }
    const board = new Life(setup, files, cause, poweredAt, clock, {
      rtcMemory: (hex) => hex === null ? rtcMemory : rtcMemory = hex,
      word,
      request,
      words: bridge.words,
      light: () => bridge.light[0],
    });
    readFiles = () => post({ files: board.files() });
    try {
      await board.run();
    } catch (ended) {
      board.flush();
      files = board.files();
      if (ended instanceof Reset) cause = ended.cause;
      else if (ended instanceof PowerOff) {
        post({ files });
        post({ off: true });
        return;
      } else throw ended;
    }
  }
}

interface Host {
  rtcMemory(hex: string | null): string;
  word(index: number): number;
  request(request: Parameters<typeof ask>[1]): ReturnType<typeof ask>;
  words: Int32Array;
  light(): number;
}

/** From one boot to the next reset. */
class Life {
  #mp!: MicroPython;
  #held: string | undefined;
  #output = "";
  #decoder = new TextDecoder();
  #running = false;
  #watchdogAt = Infinity;
  #swallow = 0;
  #bell = 0;
  #opened = new Set<number>();
  #chip;
  #radio;

  constructor(
    readonly setup: BoardSetup,
    readonly initial: Files,
    readonly cause: number,
    readonly poweredAt: number,
    readonly clock: Clock,
    readonly host: Host,
  ) {
    const now = () => clock.now();
    this.#chip = tsl2591({
      now,
      lux: (at) =>
        host.word(Word.LIGHT_SET) ? host.light() : lux(setup.light, at / 1000),
      wrongChip: () => host.word(Word.WRONG_CHIP) === 1,
    });
    this.#radio = wlan({
      ...setup.wifi,
      now,
      lost: () => host.word(Word.WIFI_LOST) === 1,
    });
  }

  files(): Files {
    return this.#mp ? readFlash(this.#mp.FS) : this.initial;
  }

  flush(): void {
    if (this.#output) post({ output: this.#output });
    this.#output = "";
  }

  async run(): Promise<void> {
    this.#mp = await loadInterpreter((bytes) => {
      const text = this.#decoder.decode(bytes, { stream: true });
      // What the REPL says after a statement that started the main loop is said when the loop is over.
      if (this.#held !== undefined) this.#held += text;
      else {
        this.#output += text;
        if (text === "\n") this.flush();
      }
    });
    const fs: EmscriptenFS = this.#mp.FS;
    fs.mkdir("/rom");
    for (const [name, source] of Object.entries(modules)) {
      fs.writeFile(`/rom/${name}.py`, source);
    }
    mountFlash(fs, this.initial, () => this.host.word(Word.FLASH_BYTES));
    this.#mp.registerJsModule("_board", this.#functions());
    this.#mp.runPython(prelude);
    post({ booted: this.cause });
    for (const name of ["boot.py", "main.py"]) {
      if (!(name in this.initial)) continue;
      this.#python(() => this.#mp.runPython(`execfile('${name}')`));
      await this.#loop();
    }
    this.#mp.replInit();
    this.flush();
    for (;;) {
      const byte = await this.#nextByte();
      const exit = this.#mp.replProcessChar(byte);
      if (exit) throw new Reset(SOFT);
      await this.#loop();
      if (input.length === 0) this.flush();
    }
  }

  /** Runs Python from outside; what it raises is printed, as the REPL would. Returns undefined then. */
  #python<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "PythonError") {
        throw error;
      }
      this.#running = false;
      this.#output += error.message.trimEnd() + "\r\n";
      this.flush();
    }
  }

  /** Steps the main loop that the program handed over, if it did, until it ends or is interrupted. */
  async #loop(): Promise<void> {
    if (!this.#running) return;
    const held = this.#held ?? "";
    this.#held = undefined;
    const step = this.#mp.globals.get("_step");
    for (let count = 0; this.#running; count++) {
      const ms = this.#python(() => step()) as number | null | undefined;
      if (!this.#running || typeof ms !== "number") break;
      await this.#pause(ms, count);
      if (this.#interrupted()) {
        this.#swallow++;
        const interrupt = this.#mp.globals.get("_interrupt");
        this.#python(() => interrupt());
      }
    }
    this.#running = false;
    this.#output += held;
    this.flush();
  }

  async #pause(ms: number, count: number): Promise<void> {
    const end = this.clock.now() + ms;
    while (this.clock.now() < end) {
      this.#check();
      if (this.host.word(Word.INTERRUPT)) return;
      const left = Math.min(end, this.#watchdogAt) - this.clock.now();
      if (!this.clock.leaps) await this.#doze(left);
      else this.clock.sleep(left);
    }
    // A leaping clock must let messages in now and then.
    const bell = this.host.word(Word.BELL);
    if (this.clock.leaps && (count % 256 === 0 || bell !== this.#bell)) {
      await this.#doze(0);
    }
    this.#bell = bell;
    this.#check();
  }

  async #nextByte(): Promise<number> {
    for (;;) {
      this.#check();
      const byte = input.shift();
      if (byte === undefined) await this.#doze(1000);
      else if (byte === CTRL_C && this.#swallow > 0) this.#swallow--;
      else {
        if (byte === CTRL_C) Atomics.store(this.host.words, Word.INTERRUPT, 0);
        return byte;
      }
    }
  }

  #doze(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Whether a Ctrl-C came while Python was busy; it is then spent. */
  #interrupted(): boolean {
    return Atomics.exchange(this.host.words, Word.INTERRUPT, 0) === 1;
  }

  /** Throws when the board is to lose its power or its watchdog bites: this unwinds MicroPython for good. */
  #check(): void {
    const power = this.host.word(Word.POWER);
    if (power === Power.OFF) throw new PowerOff();
    if (power === Power.CYCLE) {
      Atomics.store(this.host.words, Word.POWER, Power.ON);
      this.#end(POWERED);
    }
    if (this.clock.now() >= this.#watchdogAt) this.#end(WATCHDOG);
  }

  #end(cause: number): never {
    for (const id of this.#opened) this.host.request({ op: "close", id });
    throw new Reset(cause);
  }

  /** The `_board` module. Python sees a negative errno where something failed: a JS error cannot be caught there. */
  #functions(): Record<string, (...args: never[]) => unknown> {
    const radio = this.#radio;
    const { clock, host, setup } = this;
    const online = () => radio.status() === Status.GOT_IP;
    const waitForHost = (r: Parameters<typeof ask>[1]) => {
      const began = performance.now();
      const result = host.request(r);
      clock.spent("wait" in r && r.wait ? performance.now() - began : 0);
      this.#check();
      return result;
    };
    const functions: Record<string, (...args: never[]) => unknown> = {
      ticks: () => Math.floor(clock.now()) % TICKS_PERIOD,
      seconds: () => Math.floor((clock.now() - this.poweredAt) / 1000),
      sleep: (ms: number) => {
        const end = clock.now() + Math.max(0, ms);
        while (clock.now() < end) {
          this.#check();
          if (this.#interrupted()) {
            this.#swallow++;
            return -Errno.EINTR;
          }
          clock.sleep(Math.min(end, this.#watchdogAt) - clock.now());
        }
        return 0;
      },
      run: () => {
        this.#running = true;
        this.#held = "";
        this.flush();
        return 0;
      },
      reset: (cause: number) => this.#end(cause),
      cause: () => this.cause,
      unique_id: () => setup.uniqueId,
      feed: () => {
        this.#watchdogAt = clock.now() + WATCHDOG_MS;
        return 0;
      },
      rtc_memory: (hex: string | null) => host.rtcMemory(hex),
      adc: () => host.word(Word.ADC),
      i2c: (address: number, out: string, length: number) => {
        if (address !== ADDRESS) return -Errno.ENODEV;
        const fails = host.word(Word.I2C_FAILS);
        if (fails > 0) Atomics.sub(host.words, Word.I2C_FAILS, 1);
        if (fails !== 0) return -Errno.ENODEV;
        this.#chip.write(unhex(out));
        return hex(this.#chip.read(length));
      },
      rssi: () => online() ? setup.rssi : 31,
      wlan_active: (on: number) => radio.active(on < 0 ? undefined : on === 1),
      wlan_connect: (essid: string, password: string) => {
        radio.connect(essid, password);
        return 0;
      },
      wlan_disconnect: () => {
        radio.disconnect();
        return 0;
      },
      wlan_status: () => radio.status(),
      resolve: (name: string) => {
        if (!online()) return -2;
        const { status, bytes } = waitForHost({ op: "resolve", host: name });
        return status < 0 ? status : new TextDecoder().decode(bytes);
      },
      open: (udp: boolean) => {
        const { status } = waitForHost({ op: "open", udp });
        this.#opened.add(status);
        return status;
      },
      connect: (id: number, address: string, port: number, wait: number) => {
        if (!online()) return -Errno.EHOSTUNREACH;
        return waitForHost({
          op: "connect",
          id,
          host: address,
          port,
          wait: clock.real(wait),
        }).status;
      },
      send: (id: number, data: string, wait: number) =>
        waitForHost({
          op: "send",
          id,
          bytes: unhex(data),
          wait: clock.real(wait),
        }).status,
      receive: (id: number, length: number, wait: number) => {
        const { status, bytes } = waitForHost({
          op: "receive",
          id,
          length,
          wait: clock.real(wait),
        });
        return status < 0 ? status : hex(bytes!);
      },
      poll: (id: number) => waitForHost({ op: "poll", id }).status,
      close: (id: number) => {
        this.#opened.delete(id);
        return waitForHost({ op: "close", id }).status;
      },
    };
    return Object.fromEntries(
      Object.entries(functions).map(([name, call]) => [
        name,
        (...args: never[]) => {
          this.#check();
          return call(...args);
        },
      ]),
    );
  }
}
