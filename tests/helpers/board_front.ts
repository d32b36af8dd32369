/** How a board stands to raw-paste mode. */
export interface FrontOptions {
  /** Bytes in a window; without it the board knows nothing of raw-paste mode. */
  window?: number;
  /** It stops the paste of this number (1 is the first) after its first window, for want of memory. */
  abort?: number;
}

/** A board's prompt as another MicroPython would offer it. */
export interface Front extends AsyncDisposable {
  /** Where it listens, on loopback. */
  port: number;
  /** What the host did that the documentation of raw-paste mode does not allow. */
  readonly faults: readonly string[];
  /** How often raw-paste mode was asked for, and how many pieces of code came by it and without. */
  readonly count: { asked: number; pasted: number; plain: number };
}

const REQUEST = "\x05A\x01";
const END = "\x04";
const ESCAPE = "\x03";

/** A piece of code that comes by raw-paste mode. */
interface Paste {
  code: string;
  /** How many bytes the host may have sent by now, and has. */
  granted: number;
  arrived: number;
  /** The board wants no more of it. */
  ending?: true;
}

/**
 * Puts raw-paste mode, as documented and as strict as a board, before a virtual board's prompt, which has none. The code
 * still runs in the board's own raw REPL. Text is one character a byte here.
 */
export function startFront(target: number, options: FrontOptions): Front {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const faults: string[] = [];
  const count = { asked: 0, pasted: 0, plain: 0 };
  const open = new Set<Deno.TcpConn>();
  const serving: Promise<void>[] = [];
  const serve = async (host: Deno.TcpConn) => {
    const board = await Deno.connect({ hostname: "127.0.0.1", port: target });
    open.add(host).add(board);
    const toHost = sender(host);
    const toBoard = sender(board);
    /** How many characters from the board are left out: the OK that raw-paste mode does not have. */
    let leaveOut = 0;
    let paste: Paste | undefined;
    const window = options.window ?? 0;

    const down = async () => {
      for await (const text of pieces(board)) {
        await toHost(text.slice(leaveOut));
        leaveOut = Math.max(0, leaveOut - text.length);
      }
    };
    const run = async (code: string) => {
      paste = undefined;
      leaveOut = 2;
      await toBoard(code + END);
    };
    const begin = async () => {
      count.asked++;
      if (window === 0) return await toBoard("\x01"); // as one that takes it for Ctrl-A
      count.pasted++;
      // The size of a window tells that one is free; a board has room for a second.
      paste = { code: "", granted: 2 * window, arrived: 0 };
      const size = String.fromCharCode(window & 255, window >> 8);
      await toHost(`R\x01${size}\x01`);
    };
    const take = async (text: string) => {
      const now = paste!;
      for (const char of text) {
        if (char === ESCAPE) faults.push("interrupted in a paste");
        if (char === END) {
          if (now.ending) return await run("raise MemoryError");
          await toHost(END);
          return await run(now.code);
        }
        now.code += char;
        if (now.ending || now.code.length % window !== 0) continue;
        // A board takes its time; the host may not.
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (count.pasted === options.abort) {
          now.ending = true;
          await toHost(END);
        } else {
          now.granted += window;
          await toHost("\x01");
        }
      }
    };
    const handle = async (text: string) => {
      if (paste) return await take(text);
      // The request comes by itself, since its answer is waited for.
      if (text === REQUEST) return await begin();
      if (text.includes(END)) count.plain++;
      await toBoard(text);
    };
    const up = async () => {
      let work = Promise.resolve();
      for await (const text of pieces(host)) {
        if (paste) {
          paste.arrived += text.replaceAll(END, "").length;
          if (paste.arrived > paste.granted) faults.push("beyond the window");
        }
        work = work.then(() => handle(text));
      }
      await work;
    };
    await Promise.race([up(), down()]).catch(() => {});
    for (const each of [host, board]) close(each);
  };
  const close = (connection: Deno.TcpConn) => {
    open.delete(connection);
    try {
      connection.close();
    } catch {
      // The other side was first.
    }
  };
  const accepting = (async () => {
    for await (const host of listener) serving.push(serve(host));
  })().catch(() => {});
  return {
    port: listener.addr.port,
    faults,
    count,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const each of open) close(each);
      await accepting;
      await Promise.all(serving);
    },
  };
}

async function* pieces(connection: Deno.TcpConn): AsyncGenerator<string> {
  const buffer = new Uint8Array(4096);
  for (let n; (n = await connection.read(buffer)) !== null;) {
    yield String.fromCharCode(...buffer.subarray(0, n));
  }
}

function sender(connection: Deno.TcpConn): (text: string) => Promise<void> {
  const writer = connection.writable.getWriter();
  return (text) => writer.write(Uint8Array.from(text, (c) => c.charCodeAt(0)));
}
