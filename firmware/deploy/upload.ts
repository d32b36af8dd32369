/** Putting files on a board so that each is there whole, or is as it was. */
import { Buffer } from "node:buffer";
import { WeirError } from "../../pipeline/error.ts";
import { PythonError, type RawRepl } from "./raw_repl.ts";

/** What is to be done on a board. */
export interface Plan {
  /** Files to write, in this order. */
  write: { name: string; data: Uint8Array }[];
  /** Files to remove afterwards. */
  remove: string[];
  /** How many files are there already, byte by byte. */
  same: number;
}

/** Bytes a piece: with base64 around them, a line that an ESP8266 has the memory for. */
const PIECE = 384;

/** A file until it is whole. */
const TEMPORARY = "weir.tmp";

const HASH = `
import os, hashlib
from binascii import hexlify, a2b_base64
def _hash(name):
    h = hashlib.sha256()
    with open(name, 'rb') as f:
        while True:
            b = f.read(256)
            if not b:
                break
            h.update(b)
    return hexlify(h.digest()).decode()
`;

/**
 * Names of the files on a board, each with its SHA-256 (hexadecimal) if it is one of `names`: another may be large.
 */
export async function listFiles(
  repl: RawRepl,
  names: readonly string[],
): Promise<Map<string, string>> {
  const text = await repl.run(`${HASH}
for _n in os.listdir():
    if not os.stat(_n)[0] & 0x4000:
        print(_hash(_n) if _n in ${JSON.stringify(names)} else '-', _n)
`);
  return new Map(
    text.split("\n").filter((line) => line !== "").map((line) => {
      const space = line.indexOf(" ");
      return [line.slice(space + 1), line.slice(0, space)];
    }),
  );
}

/**
 * What has to be done for these files to be on a board. If a module was there as source and comes compiled, or the
 * other way round, the old one goes: Python would take the source.
 */
export async function makePlan(
  files: Readonly<Record<string, string | Uint8Array>>,
  there: ReadonlyMap<string, string>,
): Promise<Plan> {
  const plan: Plan = { write: [], remove: [], same: 0 };
  for (const [name, content] of Object.entries(files)) {
    const data = typeof content === "string"
      ? new TextEncoder().encode(content)
      : content;
    if (there.get(name) === await sha256(data)) plan.same++;
    else plan.write.push({ name, data });
    const [, module, kind] = /^(.*)\.(mpy|py)$/.exec(name) ?? [];
    const other = `${module}.${kind === "py" ? "mpy" : "py"}`;
    if (module && there.has(other)) plan.remove.push(other);
  }
  if (there.has(TEMPORARY)) plan.remove.push(TEMPORARY);
  // What starts the rest goes last: until then the board starts what it had.
  const last = ({ name }: { name: string }) => name === "main.py" ? 1 : 0;
  plan.write.sort((a, b) => last(a) - last(b));
  return plan;
}

/**
 * Carries a plan out. Each file is written under another name, compared by its SHA-256, and then renamed.
 *
 * @throws {WeirError} where the flash is full, or what was written is not what arrived.
 */
export async function carryOut(
  repl: RawRepl,
  plan: Plan,
  onProgress: (bytes: number, name: string) => void = () => {},
): Promise<void> {
  await repl.run(HASH);
  if (plan.remove.includes(TEMPORARY)) await remove(repl, TEMPORARY);
  for (const { name, data } of plan.write) {
    try {
      await writeFile(repl, name, data, (bytes) => onProgress(bytes, name));
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      await remove(repl, TEMPORARY).catch(() => {});
      throw new WeirError("ERR_WEIR_BOARD", explain(name, error));
    }
    const other = name.endsWith(".mpy")
      ? name.replace(/mpy$/, "py")
      : name.replace(/py$/, "mpy");
    if (plan.remove.includes(other)) await remove(repl, other);
  }
  // Of those that were whole already, and of nothing else.
  const written = new Set(
    plan.write.map(({ name }) => name.replace(/\.\w+$/, "")),
  );
  for (const name of plan.remove) {
    if (name !== TEMPORARY && !written.has(name.replace(/\.\w+$/, ""))) {
      await remove(repl, name);
    }
  }
}

async function writeFile(
  repl: RawRepl,
  name: string,
  data: Uint8Array,
  onProgress: (bytes: number) => void,
): Promise<void> {
  await repl.run(`_f = open('${TEMPORARY}', 'wb')`);
  for (let at = 0; at < data.length; at += PIECE) {
    const piece = data.subarray(at, at + PIECE);
    await repl.run(
      `_f.write(a2b_base64(b'${Buffer.from(piece).toString("base64")}'))`,
    );
    onProgress(piece.length);
  }
  const hash = await repl.run(`_f.close()\nprint(_hash('${TEMPORARY}'))`);
  if (hash.trim() !== await sha256(data)) {
    await remove(repl, TEMPORARY);
    throw new WeirError(
      "ERR_WEIR_BOARD",
      `${name} did not arrive as it was sent: is the cable sound? What was on the board is as it was. Run the command again.`,
    );
  }
  // FAT does not rename over a file that is there; LittleFS does, and nothing can come between.
  await repl.run(`
try:
    os.rename('${TEMPORARY}', ${quote(name)})
except OSError:
    os.remove(${quote(name)})
    os.rename('${TEMPORARY}', ${quote(name)})
`);
}

async function remove(repl: RawRepl, name: string): Promise<void> {
  await repl.run(
    `try:\n    _f.close()\nexcept Exception:\n    pass\nos.remove(${
      quote(name)
    })`,
  );
}

function explain(name: string, error: PythonError): string {
  if (/OSError: (\[Errno )?(28|51)\b|ENOSPC/.test(error.reason)) {
    return `The board's flash is full: ${name} does not fit. What was there is as it was. See what takes the room: mpremote fs ls`;
  }
  if (/MemoryError/.test(error.reason)) {
    return `The board has no memory left for writing ${name}. Take the power from it for a moment, and run the command again.`;
  }
  return `The board could not write ${name}: ${error.reason}`;
}

/** A Python literal; JSON's escapes are also Python's. */
const quote = (name: string) => JSON.stringify(name);

async function sha256(data: Uint8Array): Promise<string> {
  const bytes = data as Uint8Array<ArrayBuffer>;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Buffer.from(digest).toString("hex");
}
