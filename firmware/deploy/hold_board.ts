/** Keeping a board at its prompt, although it starts a program whose watchdog cannot be stopped once it is armed. */
import { WeirError } from "../../pipeline/error.ts";
import { type RawRepl, rawRepl } from "./raw_repl.ts";
import type { Transport } from "./transport.ts";

/**
 * The word in the memory that a reset spares, or the file where there is no such memory, at which the firmware leaves the
 * prompt to a person: see `restart.py`.
 */
const HOLD = `
import machine
try:
    machine.RTC().memory(b'hold')
except AttributeError:
    open('weir.hold', 'w').close()
`;

/** A hold that nobody saw must not hold the next start. */
const CLEAR = `
import machine, os
try:
    machine.RTC().memory(b'')
except AttributeError:
    if 'weir.hold' in os.listdir():
        os.remove('weir.hold')
`;

/** What the firmware's own main.py has in it. */
const OURS = "from start import start";

/** Whether the board starts something, and whose that is. */
export type Main = "none" | "ours" | "foreign";

/** Looks at what the board starts. */
export async function mainFile(repl: RawRepl): Promise<Main> {
  const text = await repl.run(`
try:
    print('${OURS}' in open('main.py').read())
except OSError:
    print('none')
`);
  return ({ True: "ours", False: "foreign" } as const)[text.trim()] ?? "none";
}

/**
 * Whether a program may have armed the watchdog since the board's last start. The firmware drops `start.py` from memory
 * once it runs; on a board that was held at its prompt it is still there.
 */
export async function hasRun(repl: RawRepl): Promise<boolean> {
  const text = await repl.run("import sys\nprint('start' not in sys.modules)");
  return text.trim() === "True";
}

/** Restarts a board without its program, and opens its raw REPL again. */
export async function holdBoard(repl: RawRepl): Promise<void> {
  await repl.restart(HOLD);
  await repl.hear(/Held at the prompt|>>> $/, 8000);
  await repl.enter();
  await repl.run(CLEAR);
}

/**
 * Restarts a board without the firmware, so that a person has its prompt until it is restarted.
 *
 * @throws {WeirError} if the board starts a program that is not the firmware.
 *
 * @example
 * ```ts ignore
 * await using transport = await openTransport("/dev/ttyUSB0");
 * await hold(transport);
 * ```
 */
export async function hold(
  transport: Transport,
  signal?: AbortSignal,
): Promise<void> {
  const repl = rawRepl(transport, signal);
  await repl.enter();
  const main = await mainFile(repl);
  if (main === "foreign") {
    await repl.softReset();
    throw new WeirError(
      "ERR_WEIR_BOARD",
      "The board starts a main.py that is not weir's. It runs again.",
    );
  }
  if (main === "ours" && await hasRun(repl)) await holdBoard(repl);
  await repl.leave();
}
