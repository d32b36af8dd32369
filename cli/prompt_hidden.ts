const ENTER = [0x0a, 0x0d];
const BACKSPACE = [0x08, 0x7f];
const [CTRL_C, CTRL_D, CTRL_U, ESCAPE] = [0x03, 0x04, 0x15, 0x1b];

/** A line from the terminal, not shown; undefined after Ctrl-C or Ctrl-D. */
export async function promptHidden(
  question: string,
): Promise<string | undefined> {
  const show = (text: string) =>
    Deno.stdout.writeSync(new TextEncoder().encode(text));
  // Ctrl-C also comes as a key, so the terminal is always set back.
  Deno.stdin.setRaw(true);
  try {
    show(`${question} (not shown): `);
    return await readLine();
  } finally {
    Deno.stdin.setRaw(false);
    show("\n");
  }
}

async function readLine(): Promise<string | undefined> {
  const line: number[] = [];
  for (;;) {
    const byte = await key();
    if (byte === undefined || byte === CTRL_C) return undefined;
    if (ENTER.includes(byte)) {
      return new TextDecoder().decode(new Uint8Array(line));
    }
    if (byte === CTRL_D && line.length === 0) return undefined;
    if (BACKSPACE.includes(byte)) removeLast(line);
    else if (byte === CTRL_U) line.length = 0;
    else if (byte === ESCAPE) await skipKey();
    else if (byte >= 0x20) line.push(byte);
  }
}

/** One byte: what is typed ahead is for the next question. */
async function key(): Promise<number | undefined> {
  const byte = new Uint8Array(1);
  return await Deno.stdin.read(byte) === null ? undefined : byte[0];
}

/** An arrow and the like: ESC [, numbers, a letter or ~; or ESC O and a letter. */
async function skipKey(): Promise<void> {
  const kind = await key();
  if (kind === 0x4f) await key();
  if (kind !== 0x5b) return;
  for (let byte = await key(); byte; byte = await key()) {
    if (byte >= 0x40 && byte <= 0x7e) return;
  }
}

/** A character of UTF-8: its first byte is none of 10xxxxxx. */
function removeLast(bytes: number[]): void {
  while (((bytes.pop() ?? 0) & 0xc0) === 0x80);
}
