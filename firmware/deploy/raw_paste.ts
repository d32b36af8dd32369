/**
 * Raw-paste mode: code in, as fast as the board can take it and no faster (MicroPython documentation, "The MicroPython
 * Interactive Interpreter Mode", "Raw-paste mode"). The board compiles it as it comes, and need not hold its source.
 */
import type { Wire } from "./wire.ts";

const REQUEST = new Uint8Array([0x05, 0x41, 0x01]); // Ctrl-E, A, Ctrl-A
const END = new Uint8Array([0x04]); // Ctrl-D

/** It has it, and how many bytes a window is; it knows of it; or it knows nothing of it and begins again. */
// deno-lint-ignore no-control-regex
const ANSWER = /R\x01([^]{2})|R\x00|raw REPL; CTRL-B to exit\r?\n>/;

/** One window more, or no more of this. */
// deno-lint-ignore no-control-regex
const FLOW = /[\x01\x04]/;

/**
 * Asks a board, in its raw REPL, to take one piece of code in raw-paste mode. Resolves with the size of a window in bytes
 * (the board now waits for code), with 0 where it has no such mode (it waits for code as before), and with undefined
 * where it does not answer within `ms`.
 */
export async function askWindow(
  wire: Wire,
  ms: number,
): Promise<number | undefined> {
  await wire.send(REQUEST);
  const text = await wire.hear(ANSWER, ms);
  if (text === undefined) return undefined;
  const size = ANSWER.exec(text)![1];
  return size ? size.charCodeAt(0) | size.charCodeAt(1) << 8 : 0;
}

/**
 * Sends code to a board that has just given its window. It begins with one window free; each \x01 from it frees one
 * more; \x04 means that it wants no more, and is answered by the same. Resolves with whether the board has let the code
 * go through, which it runs then; its output follows.
 */
export async function paste(
  wire: Wire,
  code: Uint8Array,
  size: number,
  ms: number,
): Promise<boolean> {
  let free = size;
  for (let sent = 0; sent < code.length;) {
    const piece = code.subarray(sent, sent + free);
    await wire.send(piece);
    sent += piece.length;
    free -= piece.length;
    if (sent === code.length) break;
    const flow = await wire.hear(FLOW, ms);
    if (flow === undefined) return false;
    if (flow.endsWith("\x04")) {
      await wire.send(END);
      return true;
    }
    free += size;
  }
  await wire.send(END);
  // deno-lint-ignore no-control-regex
  return await wire.hear(/\x04/, ms) !== undefined;
}
