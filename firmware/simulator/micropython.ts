/** Starts MicroPython. Its WebAssembly comes as an import, so that no permission to read the npm cache is needed. */
import wasm from "@micropython/micropython-webassembly-pyscript/micropython.wasm" with {
  type: "bytes",
};
import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript";
import fs from "node:fs";
import { Buffer } from "node:buffer";
import type { EmscriptenFS } from "./flash.ts";

/** The interpreter, as far as it is used here. */
export interface MicroPython {
  FS: EmscriptenFS;
  globals: { get(name: string): () => unknown };
  registerJsModule(name: string, module: unknown): void;
  runPython(source: string): unknown;
  replInit(): void;
  /** Takes one byte of REPL input; not 0 after Ctrl-D. */
  replProcessChar(byte: number): number;
}

/**
 * Loads a new interpreter that prints to `stdout`, byte by byte.
 *
 * The package is made for one interpreter in a Worker, and looks for its .wasm with Node's fs. So two things are put in
 * its way while it loads: the bytes that were imported; and a registry that never says that a proxy is no longer used,
 * since the word would come late and be taken for one of the next interpreter's proxies, whose memory it would free.
 */
export async function loadInterpreter(
  stdout: (bytes: Uint8Array) => void,
): Promise<MicroPython> {
  // deno-lint-ignore no-explicit-any
  const files = fs as any;
  const { readFileSync } = files;
  const { FinalizationRegistry } = globalThis;
  files.readFileSync = () => Buffer.from(wasm);
  globalThis.FinalizationRegistry = Silent;
  try {
    return await loadMicroPython({
      stdout,
      linebuffer: false,
      heapsize: 256 * 1024,
      // In words; with fewer than 512, deep calls fail.
      pystack: 4096,
    });
  } finally {
    files.readFileSync = readFileSync;
    globalThis.FinalizationRegistry = FinalizationRegistry;
  }
}

class Silent implements FinalizationRegistry<unknown> {
  readonly [Symbol.toStringTag] = "FinalizationRegistry";
  register(): void {}
  unregister(): boolean {
    return false;
  }
}
