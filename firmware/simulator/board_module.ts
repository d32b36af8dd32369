/**
 * The `_board` module, on which the board's own modules stand. Python sees a negative errno where something failed, since
 * it cannot catch a JavaScript error; and hexadecimal digits where bytes are meant, since strings end at a NUL.
 */
import { Buffer } from "node:buffer";
import { type Request, Word } from "./bridge.ts";
import { Errno } from "./errno.ts";
import type { Frame, Pulse } from "./frame.ts";
import { bus } from "./sensors_on_board.ts";
import { Status } from "./wlan.ts";

/** Ticks wrap as on the ESP8266. */
const TICKS_PERIOD = 2 ** 30;
/** What `status('rssi')` says without a network. */
const NO_RSSI = 31;

/** Whether a host is given by its address, and need not be looked up. */
const isAddress = (host: string) => /^[\d.]+$|:/.test(host);

const unhex = (digits: string) => Buffer.from(digits, "hex");
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Functions of the module, by name. */
type Functions = Record<string, (...args: never[]) => unknown>;

/** Makes the module for one life of a board. */
export function boardModule(frame: Frame, pulse: Pulse): Functions {
  const functions = {
    ...self(frame, pulse),
    ...bus(frame),
    ...net(frame, pulse),
  };
  return Object.fromEntries(
    Object.entries<(...args: never[]) => unknown>(functions).map((
      [name, call],
    ) => [
      name,
      (...args: never[]) => {
        pulse.check();
        return call(...args);
      },
    ]),
  );
}

/** Time, resets, identity. */
function self({ clock, ...frame }: Frame, pulse: Pulse) {
  const seconds = () =>
    Math.floor((clock.now() - frame.poweredAt) / 1000) + frame.rtc.ahead;
  return {
    ticks: () => Math.floor(clock.now() - frame.bootedAt) % TICKS_PERIOD,
    seconds,
    set_seconds(to: number) {
      frame.rtc.ahead += to - seconds();
      return 0;
    },
    milliseconds: () =>
      Math.floor(clock.now() - frame.poweredAt) + 1000 * frame.rtc.ahead,
    sleep: (ms: number) => pulse.sleep(ms) ? 0 : -Errno.EINTR,
    run() {
      pulse.looping();
      return 0;
    },
    reset: (cause: number) => pulse.end(cause),
    cause: () => frame.cause,
    unique_id: () => frame.setup.uniqueId,
    feed() {
      pulse.watchdog.feed();
      return 0;
    },
    rtc_memory: (hex: string | null) => frame.rtcMemory(hex),
  };
}

/** Wi-Fi and sockets. */
function net({ bridge, clock, setup, request, radio }: Frame, pulse: Pulse) {
  const online = () => radio.status() === Status.GOT_IP;
  /** Asks the host, and lets the time that it took pass on the board. */
  const ask = (r: Request) => {
    const began = performance.now();
    const answer = request(r);
    if ("wait" in r && r.wait !== 0) {
      clock.spent(performance.now() - began);
      pulse.watchdog.waited(Infinity);
    }
    pulse.check();
    return answer;
  };
  return {
    rssi: () => online() ? setup.rssi : NO_RSSI,
    wlan_active: (on: number) => radio.active(on < 0 ? undefined : on === 1),
    wlan_connect(essid: string, password: string) {
      radio.connect(essid, password);
      return 0;
    },
    wlan_disconnect() {
      radio.disconnect();
      return 0;
    },
    wlan_status: () => radio.status(),
    wlan_essid: () => radio.essid(),
    resolve(host: string) {
      if (!online()) return -2;
      // It blocks, and lwIP has no time-out for it.
      const ms = isAddress(host) ? 0 : Atomics.load(bridge.words, Word.DNS_MS);
      if (ms !== 0 && !pulse.sleep(ms < 0 ? Infinity : ms)) {
        return -Errno.EINTR;
      }
      const { status, bytes } = ask({ op: "resolve", host });
      return status < 0 ? status : new TextDecoder().decode(bytes);
    },
    open(udp: boolean) {
      const { status } = ask({ op: "open", udp });
      pulse.sockets.add(status);
      return status;
    },
    connect(id: number, host: string, port: number, ms: number) {
      if (!online()) return -Errno.EHOSTUNREACH;
      return ask({ op: "connect", id, host, port, wait: clock.real(ms) })
        .status;
    },
    send(id: number, digits: string, ms: number) {
      const bytes = unhex(digits);
      return ask({ op: "send", id, bytes, wait: clock.real(ms) }).status;
    },
    receive(id: number, length: number, ms: number) {
      const { status, bytes } = ask({
        op: "receive",
        id,
        length,
        wait: clock.real(ms),
      });
      return status < 0 ? status : hex(bytes!);
    },
    secure(id: number, host: string, ca: string, verify: boolean, now: number) {
      return ask({ op: "secure", id, host, ca: unhex(ca), verify, now }).status;
    },
    poll: (id: number) => ask({ op: "poll", id }).status,
    close(id: number) {
      pulse.sockets.delete(id);
      return ask({ op: "close", id }).status;
    },
  };
}
