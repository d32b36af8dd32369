/** Compiles the firmware's modules ahead, so that a board needs neither time nor memory for it. */
import process from "node:process";
import { compile } from "@pybricks/mpy-cross-v6";

/** Files that MicroPython starts or a person edits: they stay source. */
const SOURCE = new Set(["boot.py", "main.py", "client.py", "config.py"]);

/**
 * Compiles all modules that can be (`x.py` becomes `x.mpy`, version 6: MicroPython 1.19 and later); the others stay as
 * they are.
 *
 * @throws {Error} with the compiler's words where a file is not valid Python.
 *
 * @example
 * ```ts
 * import { deviceFiles } from "./device_files.ts";
 * import { precompile } from "./precompile.ts";
 *
 * const files = await precompile(deviceFiles);
 * if (!("ring.mpy" in files) || !("config.py" in files)) throw files;
 * ```
 */
export async function precompile(
  files: Readonly<Record<string, string>>,
): Promise<Record<string, string | Uint8Array>> {
  const compiled: Record<string, string | Uint8Array> = {};
  for (const [name, source] of Object.entries(files)) {
    if (SOURCE.has(name) || !name.endsWith(".py")) {
      compiled[name] = source;
      continue;
    }
    const { status, mpy, err } = await withoutListeners(() =>
      withFiles(() => compile(name, source, []))
    );
    if (status !== 0 || !mpy) {
      throw new Error(`Cannot compile ${name}: ${err.join("\n")}`);
    }
    compiled[name.replace(/py$/, "mpy")] = mpy;
  }
  return compiled;
}

/** The compiler fetches its WebAssembly by a path; this lets it read the file, which needs no network. */
async function withFiles<T>(run: () => Promise<T>): Promise<T> {
  const { fetch } = globalThis;
  globalThis.fetch = async (path) =>
    new Response(await Deno.readFile(String(path)), {
      headers: { "content-type": "application/wasm" },
    });
  try {
    return await run();
  } finally {
    globalThis.fetch = fetch;
  }
}

/** Each run of the compiler leaves listeners on the process; this takes them off. */
async function withoutListeners<T>(run: () => Promise<T>): Promise<T> {
  // Node's types know signals here only.
  const events = ["uncaughtException", "unhandledRejection"] as unknown as [
    "SIGTERM",
  ];
  const before = events.map((event) => new Set(process.listeners(event)));
  try {
    return await run();
  } finally {
    events.forEach((event, i) => {
      for (const listener of process.listeners(event)) {
        if (!before[i].has(listener)) process.off(event, listener);
      }
    });
  }
}
