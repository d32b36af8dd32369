/** A board on a serial port. */
import { WeirError } from "../../pipeline/error.ts";
import { writeAll } from "../../pipeline/write_all.ts";
import { needsAll } from "./ports.ts";
import type { Transport } from "./transport.ts";

/** What MicroPython boards speak. */
const BAUD = "115200";

/**
 * Opens a serial port. Deno does one thing at a time with a file, so the port is opened twice: to read and to write. It
 * is set so that a read returns after 0.1 s with what is there (`min 0 time 1`), and that closing it does not reset the
 * board (`-hupcl`).
 *
 * @throws {WeirError} where it cannot be opened; the message says what to do.
 */
export async function openTty(path: string): Promise<Transport> {
  if (Deno.build.os === "windows") {
    throw new WeirError(
      "ERR_WEIR_PORT",
      "Deploying does not work on Windows yet. mpremote does.",
    );
  }
  // First, since this says best what is wrong.
  const reading = await open(path, { read: true });
  let writing: Deno.FsFile;
  try {
    await claim(reading, path);
    await configure(path);
    writing = await open(path, { write: true });
  } catch (error) {
    reading.close();
    throw error;
  }
  let closed = false;
  let idle: Promise<unknown> = Promise.resolve();
  return {
    name: path,
    write: (bytes) => writeAll(writing, bytes),
    readable: (async function* () {
      const buffer = new Uint8Array(4096);
      while (!closed) {
        const began = performance.now();
        const read = reading.read(buffer);
        idle = read.catch(() => {});
        let count: number | null;
        try {
          count = await read;
        } catch {
          return; // It was unplugged.
        }
        if (count) yield buffer.slice(0, count);
        // Nothing within 0.1 s is nothing; nothing at once is the end.
        else if (performance.now() - began < 50) return;
      }
    })(),
    async [Symbol.asyncDispose]() {
      closed = true;
      await idle;
      reading.close();
      writing.close();
    },
  };
}

async function open(
  path: string,
  options: Deno.OpenOptions,
): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, options);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw needsAll();
    throw new WeirError(
      "ERR_WEIR_PORT",
      `Cannot open ${path}: ${why(error as Error, path)}`,
    );
  }
}

/** Takes the lock (flock) by which mpremote, esptool, picocom and tio know that a port is in use. */
async function claim(file: Deno.FsFile, path: string): Promise<void> {
  // A system that locks no devices is no reason not to deploy.
  if (await file.tryLock(true).catch(() => true)) return;
  throw new WeirError("ERR_WEIR_PORT", `Cannot open ${path}: ${inUse(path)}`);
}

const inUse = (path: string) =>
  `another program has it open. Close it. Which one? Try: fuser ${path}`;

function why(error: Error & { code?: string }, path: string): string {
  if (error instanceof Deno.errors.NotFound) {
    return "there is no such port. Is the board plugged in? See which there are: ls /dev/tty* /dev/cu.*";
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `no permission. Try: sudo usermod -a -G dialout $USER (uucp on Arch), log out and in again.`;
  }
  if (error.code === "EBUSY") {
    return inUse(path);
  }
  return error.message;
}

async function configure(path: string): Promise<void> {
  const flag = Deno.build.os === "darwin" ? "-f" : "-F";
  const args = [flag, path, BAUD, "raw", "-echo", "-hupcl", "clocal"];
  const { success, stderr } = await new Deno.Command("stty", {
    args: [...args, "min", "0", "time", "1"],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    const said = new TextDecoder().decode(stderr).trim();
    throw new WeirError(
      "ERR_WEIR_PORT",
      `${path} is no serial port (${said}).`,
    );
  }
}
