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

/** Loads a new interpreter that prints to `stdout`, byte by byte. */
export async function loadInterpreter(
  stdout: (bytes: Uint8Array) => void,
): Promise<MicroPython> {
  const read = fs.readFileSync;
  // The package looks for its .wasm with Node's fs.
  // deno-lint-ignore no-explicit-any
  (fs as any).readFileSync = () => Buffer.from(wasm);
  try {
    return await loadMicroPython({
      stdout,
      linebuffer: false,
      heapsize: 256 * 1024,
      // In words; with fewer than 512, deep calls fail.
      pystack: 4096,
    });
  } finally {
    fs.readFileSync = read;
  }
}
