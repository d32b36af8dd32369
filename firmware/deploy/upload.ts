/** Putting files on a board so that it has the new set, or the one that it had. */
import { Buffer } from "node:buffer";
import { WeirError } from "../../pipeline/error.ts";
import { PythonError, type RawRepl } from "./raw_repl.ts";

/** What is to be done on a board. */
export interface Plan {
  /** Files to write. */
  write: { name: string; data: Uint8Array }[];
  /** Files to remove. */
  remove: string[];
  /** How many files are there already, byte by byte; some of them beside the others, from an upload that was cut off. */
  same: number;
  /** What an upload that was cut off left, and the board can use. */
  beside: string[];
  /** What it left, and nobody can use. */
  stale: string[];
}

/** Bytes a piece: with base64 around them, a line that an ESP8266 has the memory for. */
const PIECE = 384;

/** Where new files are until all of them are whole. */
const BESIDE = "weir.new";

/** What moves them into their places. `main.py` runs it if the power went in the middle of that. */
const SWITCH = "weir_switch.py";

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
 * Names of the files on a board, each with its SHA-256 (hexadecimal) if it is one of `names`: another may be large. Files
 * of an upload that was cut off are among them, as `weir.new/NAME`.
 */
export async function listFiles(
  repl: RawRepl,
  names: readonly string[],
): Promise<Map<string, string>> {
  const text = await repl.run(`${HASH}
_names = ${JSON.stringify(names)}
for _n in os.listdir():
    if not os.stat(_n)[0] & 0x4000:
        print(_hash(_n) if _n in _names else '-', _n)
    elif _n == '${BESIDE}':
        for _m in os.listdir(_n):
            _m = _n + '/' + _m
            print(_hash(_m), _m)
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
  const plan: Plan = { write: [], remove: [], same: 0, beside: [], stale: [] };
  for (const [name, content] of Object.entries(files)) {
    const data = typeof content === "string"
      ? new TextEncoder().encode(content)
      : content;
    const hash = await sha256(data);
    const beside = `${BESIDE}/${name}`;
    if (there.get(name) === hash) plan.same++;
    else if (there.get(beside) === hash) {
      plan.same++;
      plan.beside.push(beside);
    } else plan.write.push({ name, data });
    const [, module, kind] = /^(.*)\.(mpy|py)$/.exec(name) ?? [];
    const other = `${module}.${kind === "py" ? "mpy" : "py"}`;
    if (module && there.has(other)) plan.remove.push(other);
  }
  plan.stale = [...there.keys()].filter((path) =>
    path.startsWith(`${BESIDE}/`) && !plan.beside.includes(path)
  );
  return plan;
}

/**
 * Carries a plan out. New files are written beside the old ones and compared by their SHA-256; when all are whole, the
 * board moves them into their places by itself.
 *
 * @throws {WeirError} where the flash is full, or what was written is not what arrived. The board then has what it had.
 */
export async function carryOut(
  repl: RawRepl,
  plan: Plan,
  onProgress: (bytes: number, name: string) => void = () => {},
): Promise<void> {
  const { write, remove, beside, stale } = plan;
  await repl.run(HASH);
  for (const path of stale) await repl.run(`os.remove(${quote(path)})`);
  if (write.length + remove.length + beside.length === 0) return;
  try {
    await repl.run(
      `if '${BESIDE}' not in os.listdir():\n    os.mkdir('${BESIDE}')`,
    );
    for (const { name, data } of write) {
      await writeFile(repl, name, data, (bytes) => onProgress(bytes, name));
    }
    const program = new TextEncoder().encode(switching(remove));
    await writeFile(repl, SWITCH, program);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    await repl.run(DISCARD).catch(() => {});
    throw new WeirError("ERR_WEIR_BOARD", explain(error));
  }
  try {
    await repl.run(`
os.rename('${BESIDE}/${SWITCH}', '${SWITCH}')
exec(open('${SWITCH}').read())
`);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    throw new WeirError(
      "ERR_WEIR_BOARD",
      `The board could not put the new files into their places: ${error.reason}. Run the command again.`,
    );
  }
}

/**
 * A program that puts the new set in the place of the old one, and can do so again from wherever it was stopped.
 * `main.py` goes last. FAT does not rename over a file that is there; LittleFS does.
 */
export const switching = (remove: readonly string[]) =>
  `import os
d = '${BESIDE}'
for n in sorted(os.listdir(d) if d in os.listdir() else (), key=lambda n: n == 'main.py'):
    try:
        os.rename(d + '/' + n, n)
    except OSError:
        os.remove(n)
        os.rename(d + '/' + n, n)
for n in ${JSON.stringify(remove)}:
    if n in os.listdir():
        os.remove(n)
if d in os.listdir():
    os.rmdir(d)
os.remove('${SWITCH}')
`;

/** Makes room on a flash that is full: the firmware needs some for its samples. */
const DISCARD = `
try:
    _f.close()
except Exception:
    pass
for _n in os.listdir('${BESIDE}'):
    os.remove('${BESIDE}/' + _n)
os.rmdir('${BESIDE}')
`;

async function writeFile(
  repl: RawRepl,
  name: string,
  data: Uint8Array,
  onProgress: (bytes: number) => void = () => {},
): Promise<void> {
  const path = quote(`${BESIDE}/${name}`);
  await repl.run(`_f = open(${path}, 'wb')`);
  for (let at = 0; at < data.length; at += PIECE) {
    const piece = data.subarray(at, at + PIECE);
    await repl.run(
      `_f.write(a2b_base64(b'${Buffer.from(piece).toString("base64")}'))`,
    );
    onProgress(piece.length);
  }
  const hash = await repl.run(`_f.close()\nprint(_hash(${path}))`);
  if (hash.trim() === await sha256(data)) return;
  await repl.run(`os.remove(${path})`);
  throw new WeirError(
    "ERR_WEIR_BOARD",
    `${name} did not arrive as it was sent: is the cable sound? What was on the board is as it was. Run the command again.`,
  );
}

function explain(error: PythonError): string {
  if (/OSError: (\[Errno )?(28|51)\b|ENOSPC/.test(error.reason)) {
    return `The board's flash is full: the new files do not fit beside the old ones. What was there is as it was. See what takes the room: mpremote fs ls`;
  }
  if (/MemoryError/.test(error.reason)) {
    return `The board has no memory left for writing. Take the power from it for a moment, and run the command again.`;
  }
  return `The board could not write the new files: ${error.reason}`;
}

/** A Python literal; JSON's escapes are also Python's. */
const quote = (name: string) => JSON.stringify(name);

async function sha256(data: Uint8Array): Promise<string> {
  const bytes = data as Uint8Array<ArrayBuffer>;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Buffer.from(digest).toString("hex");
}
