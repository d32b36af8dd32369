import { createHash } from "node:crypto";
import { connect } from "node:net";
import { sleep } from "../backoff.ts";

/** Every system has it, and nobody from outside reaches it. */
const HOST = "127.0.0.1";

/** Systems take the ports of outgoing connections from above these. */
const FIRST = 20_000;
const PORTS = 12_000;

/** Other programs may listen on some of them. */
const CHOICES = 3;

/** Whoever listens and says nothing for so many milliseconds is another program. */
const ANSWER = 2000;

/** A process that ends is waited for, in milliseconds. */
const PATIENCE = 500;

/**
 * Takes a name that one process of this host can have, whatever its folder and
 * user. It goes with the process, however that ends. Resolves with the id of the
 * process that has it, if there is one.
 *
 * It is a port of the loopback address, chosen by the name: a process that has the
 * name listens there, and answers each connection with the name and its own id. A
 * lock on a file would need a folder that all of them may write to. If it may not
 * listen, or other programs have all of the ports, the name is not taken.
 */
export async function takeName(name: string): Promise<Disposable | number> {
  for (const started = performance.now();;) {
    const taken = await tryToTake(name);
    if (typeof taken !== "number") return taken;
    if (performance.now() - started > PATIENCE) return taken;
    await sleep(0.02);
  }
}

async function tryToTake(name: string): Promise<Disposable | number> {
  const { mark, ports } = marked(name);
  let listener: Deno.Listener | undefined;
  for (const port of ports) {
    listener ??= await tryToListen(port, `${mark} ${Deno.pid}\n`);
    if (listener?.addr.transport === "tcp" && listener.addr.port === port) {
      continue;
    }
    // Also after the own one: an earlier process may have found that in use.
    const [said, pid] = (await ask(port)).split(" ");
    if (said !== mark) continue;
    listener?.close();
    return parseInt(pid);
  }
  return { [Symbol.dispose]: () => listener?.close() };
}

/** How a name is told on a port, and on which ports it may be. */
export function marked(name: string): { mark: string; ports: number[] } {
  const hash = createHash("sha256").update(`weir ${name}`).digest();
  const ports = Array.from(
    { length: CHOICES },
    (_, index) => FIRST + hash.readUInt32BE(4 * index) % PORTS,
  );
  return { mark: hash.toString("hex"), ports: [...new Set(ports)] };
}

async function tryToListen(
  port: number,
  answer: string,
): Promise<Deno.Listener | undefined> {
  // To ask a person for it would stop the recording.
  const { state } = await Deno.permissions.query({
    name: "net",
    host: `${HOST}:${port}`,
  });
  if (state !== "granted") return undefined;
  try {
    const listener = Deno.listen({ hostname: HOST, port });
    listener.unref();
    void answerAll(listener, new TextEncoder().encode(answer));
    return listener;
  } catch {
    return undefined;
  }
}

async function answerAll(
  listener: Deno.Listener,
  answer: Uint8Array,
): Promise<void> {
  const tell = async (connection: Deno.Conn) => {
    using _closed = connection;
    await connection.write(answer);
  };
  try {
    // Whoever does not want the answer does without.
    for await (const connection of listener) tell(connection).catch(() => {});
  } catch {
    // It is closed.
  }
}

/** What is said on a port, as far as a name goes. */
function ask(port: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let said = "";
  const socket = connect({ host: HOST, port });
  const end = () => {
    clearTimeout(timer);
    socket.destroy();
    resolve(said);
  };
  const timer = setTimeout(end, ANSWER);
  socket.on("data", (bytes) => {
    said += bytes.toString("latin1");
    if (said.includes("\n") || said.length > 100) end();
  });
  socket.on("error", end);
  socket.on("close", end);
  return promise;
}
