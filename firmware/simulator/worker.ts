/**
 * One board: MicroPython in a Worker, with its peripherals. The Worker outlives resets, and with it the flash; each boot
 * is a new MicroPython.
 */
/// <reference lib="deno.worker" />
import { ask, openBridge, Word } from "./bridge.ts";
import { makeClock } from "./clock.ts";
import type { Files } from "./flash.ts";
import { life } from "./life.ts";
import type { FromBoard, ToBoard } from "./messages.ts";
import { makeInbox } from "./console_input.ts";
import { PowerOff, Reset, ResetCause } from "./reset.ts";
import { makeRadio } from "./wlan.ts";

const post = (message: FromBoard) => self.postMessage(message);
const inbox = makeInbox();
let readFiles: () => Files = () => ({});

self.onmessage = ({ data }: MessageEvent<ToBoard>) => {
  if ("setup" in data) {
    live(data.setup).catch((error) => post({ crashed: `${error.stack}` }));
  } else if ("input" in data) {
    inbox.put(data.input);
  } else if ("readFiles" in data) {
    post({ files: readFiles() });
  }
  inbox.wake();
};

async function live(
  setup: Extract<ToBoard, { setup: unknown }>["setup"],
): Promise<void> {
  const bridge = openBridge(setup.memory);
  const request = (r: Parameters<typeof ask>[1]) => ask(bridge, r, post);
  const clock = makeClock(
    setup.clock,
    bridge,
    (wait) => request({ op: "settle", wait }).status,
  );
  let files = setup.files;
  let cause: number = ResetCause.POWER_ON;
  let poweredAt = 0;
  let bootedAt = 0;
  let raw = false;
  let rtcMemory = "";
  const rtc = { ahead: 0 };
  const is = (word: number) => Atomics.load(bridge.words, word) === 1;
  const radio = makeRadio({
    networks: setup.wifi,
    stored: setup.storedWifi,
    now: () => clock.now(),
    lost: () => is(Word.WIFI_LOST),
    vague: () => is(Word.WIFI_VAGUE),
    wear: () => Atomics.add(bridge.words, Word.FLASH_FILES, 1),
  });
  for (;;) {
    if (cause === ResetCause.POWER_ON) {
      poweredAt = clock.now();
      rtcMemory = "";
      rtc.ahead = 0;
    }
    if (cause !== ResetCause.SOFT) radio.boot();
    const board = life({
      setup,
      files,
      cause,
      poweredAt,
      bootedAt,
      raw,
      radio,
      clock,
      bridge,
      inbox,
      request,
      post,
      rtc,
      rtcMemory: (hex) => hex === null ? rtcMemory : rtcMemory = hex,
    });
    readFiles = board.files;
    try {
      await board.run();
    } catch (ended) {
      files = board.files();
      if (ended instanceof PowerOff) {
        post({ files });
        post({ off: true });
        return;
      }
      if (!(ended instanceof Reset)) throw ended;
      ({ cause, raw } = ended);
      if (cause !== ResetCause.SOFT) bootedAt = clock.now();
    }
  }
}
