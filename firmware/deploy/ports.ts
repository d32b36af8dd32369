/** Finding the serial port that a board is on. */
import { WeirError } from "../../pipeline/error.ts";

/** What USB serial chips are called, on Linux and on macOS. */
const SERIAL = /^(ttyUSB|ttyACM|cu\.(usbserial|usbmodem|SLAB|wchusb))/;

/** An installed or compiled weir has them. */
export function needsAll(): WeirError {
  return new WeirError(
    "ERR_WEIR_PORT",
    "Deno opens devices only with all permissions.",
    { facts: { help: "all-permissions" } },
  );
}

/**
 * The one serial port that a board can be on, of those in a folder of devices.
 *
 * @throws {WeirError} if there is none, or more than one; the message says what to do.
 *
 * @example
 * ```ts ignore
 * const port = await findPort(); // "/dev/ttyUSB0"
 * ```
 */
export async function findPort(folder = "/dev"): Promise<string> {
  const ports: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (SERIAL.test(name)) ports.push(`${folder}/${name}`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw needsAll();
  }
  if (ports.length === 1) return ports[0];
  if (ports.length > 1) {
    throw new WeirError(
      "ERR_WEIR_PORT",
      `There are several serial ports: ${ports.sort().join(", ")}. Which one?`,
      { facts: { port: ports[0], help: "serial-port" } },
    );
  }
  throw new WeirError(
    "ERR_WEIR_PORT",
    "There is no serial port. Is the board plugged in? Many USB cables have no data lines: try another one.\n" +
      "In a virtual machine or container, hand the USB device on to it.",
    { facts: { help: "virtual-board" } },
  );
}
