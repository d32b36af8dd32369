/** The host's half of the board's `socket` module: real TCP and UDP, in the sizes of a small board. */
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import type { Answer, Request } from "./bridge.ts";
import { Errno, errnoOf } from "./errno.ts";
import { frames, isReply, wantsReply } from "./mqtt_frames.ts";
import { answerQuery } from "./name_server.ts";
import { type TlsLayer, tlsLayer } from "./tls_layer.ts";
import { makeWaiting } from "./waiting.ts";

/** What a connection takes before it says "not now", as lwIP on the ESP8266 does (TCP_SND_BUF is two segments). */
const SEND_BYTES = 2920;
/** What is read ahead before the peer is made to wait. */
const RECEIVE_BYTES = 4096;

const POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16;

interface Socket {
  udp: boolean;
  tcp?: Deno.TcpConn;
  dgram?: UdpSocket;
  tls?: TlsLayer;
  /** Whether it is a name server that it sends to. */
  asksNames?: boolean;
  state: "new" | "connecting" | "open" | "ended" | "failed";
  errno: number;
  received: Uint8Array[];
  receivedBytes: number;
  sending: Uint8Array[];
  sendingBytes: number;
  /** How many replies the peer owes: while it owes one, a virtual clock keeps to real time. */
  owed: number;
  sent: (chunk: Uint8Array) => number[];
  got: (chunk: Uint8Array) => number[];
}

/** What goes wrong on the way to the other end, from outside. */
export interface NetFaults {
  /** Whether the Wi-Fi is gone: nothing passes in either direction, and nobody is told so. */
  lost(): boolean;
  /** Whether connections are refused. */
  refuses(): boolean;
  /** Whether connections are taken, and then nothing passes. */
  hangs(): boolean;
  /** Milliseconds of real time that a name server takes; `Infinity` if it never answers. */
  namesTake(): number;
}

/** Makes the sockets of one board. */
export function sockets({ lost, refuses, hangs, namesTake }: NetFaults): {
  /** Serves a request; resolves when it is done, or when its time is up. */
  serve(request: Request): Promise<Answer>;
  /** Looks again at everything that waits: something changed. */
  wake(): void;
  /** Lets the other end stop sending, as in a connection that is closed on one side only. */
  halfClose(): void;
  /** Ends every connection: the board lost its power. */
  closeAll(): void;
} {
  const open = new Map<number, Socket>();
  let next = 1;
  const { until, wake } = makeWaiting();
  const silent = () => lost() || hangs();

  function fail(socket: Socket, errno: number): void {
    if (socket.state === "failed") return;
    socket.state = "failed";
    socket.errno = errno;
    socket.owed = socket.sendingBytes = 0;
    socket.sending = [];
    try {
      socket.tcp?.close();
    } catch {
      // It was closed by the error itself.
    }
    wake();
  }

  async function connect(socket: Socket, hostname: string, port: number) {
    socket.state = "connecting";
    socket.owed = 1;
    if (lost()) await until(() => !lost() || !isOpen(socket), -1);
    // A refusal also takes its way there and back.
    if (refuses()) return setTimeout(fail, 1, socket, Errno.ECONNREFUSED);
    try {
      const tcp = await Deno.connect({ hostname, port });
      if (!isOpen(socket)) return tcp.close();
      tcp.setNoDelay(true);
      socket.tcp = tcp;
      socket.state = "open";
      socket.owed = 0;
      receive(socket, tcp);
      send(socket, tcp);
      wake();
    } catch (error) {
      fail(socket, errnoOf(error));
    }
  }

  const isOpen = (socket: Socket) => [...open.values()].includes(socket);

  async function receive(socket: Socket, tcp: Deno.TcpConn) {
    const buffer = new Uint8Array(RECEIVE_BYTES);
    try {
      for (;;) {
        const count = await tcp.read(buffer);
        if (count === null) break;
        await until(
          () =>
            !isOpen(socket) ||
            (!silent() && socket.receivedBytes < RECEIVE_BYTES),
          -1,
        );
        const chunk = buffer.slice(0, count);
        if (socket.tls) socket.tls.arrived(chunk);
        else arrived(socket, chunk);
      }
      if (socket.state === "open") socket.state = "ended";
      socket.owed = 0;
      wake();
    } catch (error) {
      if (isOpen(socket)) fail(socket, errnoOf(error));
    }
  }

  function arrived(socket: Socket, chunk: Uint8Array): void {
    socket.received.push(chunk);
    socket.receivedBytes += chunk.length;
    const replies = socket.got(chunk).filter(isReply).length;
    socket.owed = Math.max(0, socket.owed - replies);
    wake();
  }

  function put(socket: Socket, chunk: Uint8Array): void {
    socket.sending.push(chunk);
    socket.sendingBytes += chunk.length;
    wake();
  }

  async function send(socket: Socket, tcp: Deno.TcpConn) {
    try {
      for (;;) {
        await until(
          () => !isOpen(socket) || (!silent() && socket.sending.length > 0),
          -1,
        );
        if (!isOpen(socket)) return;
        const chunk = socket.sending[0];
        for (let at = 0; at < chunk.length;) {
          at += await tcp.write(chunk.subarray(at));
        }
        socket.sending.shift();
        socket.sendingBytes -= chunk.length;
        wake();
      }
    } catch (error) {
      if (isOpen(socket)) fail(socket, errnoOf(error));
    }
  }

  function close(socket: Socket): void {
    for (const [id, each] of open) if (each === socket) open.delete(id);
    const tcp = socket.tcp;
    // What the board handed over still leaves (a DISCONNECT, say), as with any TCP stack.
    const rest = silent() ? [] : socket.sending.slice();
    (async () => {
      try {
        for (const chunk of rest) await tcp?.write(chunk);
        tcp?.close();
      } catch {
        // The peer was gone before.
      }
    })();
    socket.dgram?.close();
    wake();
  }

  function openUdp(socket: Socket): UdpSocket {
    const dgram = createSocket("udp4");
    dgram.on("message", (message) => take(socket, new Uint8Array(message)));
    dgram.on("error", () => fail(socket, Errno.EIO));
    return dgram;
  }

  function take(socket: Socket, message: Uint8Array): void {
    if (lost()) return;
    socket.received.push(message);
    socket.receivedBytes += message.length;
    socket.owed = 0;
    wake();
  }

  async function askNames(socket: Socket, query: Uint8Array): Promise<void> {
    const ms = namesTake();
    if (ms === Infinity) return;
    const answer = await answerQuery(query, lookUp);
    setTimeout(() => isOpen(socket) && take(socket, answer), ms);
  }

  async function lookUp(host: string): Promise<string | undefined> {
    if (/^[\d.]+$|:/.test(host)) return host;
    if (host === "localhost") return "127.0.0.1";
    try {
      return (await Deno.resolveDns(host, "A"))[0];
    } catch {
      return undefined;
    }
  }

  async function resolve(host: string): Promise<Answer> {
    const address = await lookUp(host);
    return address === undefined ? { status: -2 } : text(address);
  }

  const text = (value: string): Answer => {
    const bytes = new TextEncoder().encode(value);
    return { status: bytes.length, bytes };
  };

  async function serve(request: Request): Promise<Answer> {
    if (request.op === "resolve") return await resolve(request.host);
    if (request.op === "settle") {
      const busy = () =>
        [...open.values()].some((s) =>
          s.owed > 0 || (s.state === "open" && s.sendingBytes > 0)
        );
      const readable = () =>
        [...open.values()].some((s) => s.receivedBytes > 0);
      const began = performance.now();
      const settled = await until(() => !busy() || readable(), request.wait);
      const elapsed = Math.ceil((performance.now() - began) * 1000);
      return { status: settled && !busy() ? 0 : Math.max(1, elapsed) };
    }
    if (request.op === "open") {
      const socket: Socket = {
        udp: request.udp,
        state: request.udp ? "open" : "new",
        errno: 0,
        received: [],
        receivedBytes: 0,
        sending: [],
        sendingBytes: 0,
        owed: 0,
        sent: frames(),
        got: frames(),
      };
      if (request.udp) socket.dgram = openUdp(socket);
      open.set(next, socket);
      return { status: next++ };
    }
    const socket = open.get(request.id);
    if (!socket) return { status: -Errno.EBADF };
    switch (request.op) {
      case "connect": {
        if (socket.udp) {
          socket.asksNames = request.port === 53;
          if (socket.asksNames) return { status: 0 };
          socket.dgram!.connect(request.port, request.host);
          return { status: 0 };
        }
        if (socket.state !== "new") return { status: -Errno.EINVAL };
        connect(socket, request.host, request.port);
        await until(() => socket.state !== "connecting", request.wait);
        // deno-lint-ignore no-explicit-any -- the state changed while it was awaited
        const state = socket.state as any;
        if (state === "failed") return { status: -socket.errno };
        if (state === "open" || state === "ended") return { status: 0 };
        return {
          status: -(request.wait === 0 ? Errno.EINPROGRESS : Errno.ETIMEDOUT),
        };
      }
      case "send": {
        const { bytes } = request;
        if (socket.udp) {
          socket.owed = 1;
          if (!lost()) {
            if (socket.asksNames) askNames(socket, bytes);
            else socket.dgram!.send(bytes);
          }
          return { status: bytes.length };
        }
        await until(
          () => socket.state !== "open" || socket.sendingBytes < SEND_BYTES,
          request.wait,
        );
        if (socket.state === "failed") return { status: -socket.errno };
        if (socket.state !== "open") return { status: -Errno.ECONNRESET };
        const space = SEND_BYTES - socket.sendingBytes;
        if (space <= 0) {
          return {
            status: -(request.wait === 0 ? Errno.EAGAIN : Errno.ETIMEDOUT),
          };
        }
        const chunk = bytes.slice(0, space);
        socket.owed += socket.sent(chunk).filter(wantsReply).length;
        if (socket.tls) socket.tls.send(chunk);
        else put(socket, chunk);
        return { status: chunk.length };
      }
      case "receive": {
        await until(
          () =>
            (socket.receivedBytes > 0 && !silent()) ||
            (socket.state !== "open" && socket.state !== "connecting"),
          request.wait,
        );
        if (socket.receivedBytes > 0 && !silent()) {
          const first = socket.received[0];
          const bytes = first.slice(0, request.length);
          if (socket.udp || bytes.length === first.length) {
            socket.received.shift();
          } else socket.received[0] = first.slice(bytes.length);
          socket.receivedBytes -= socket.udp ? first.length : bytes.length;
          wake();
          return { status: bytes.length, bytes };
        }
        if (socket.state === "ended") return { status: 0 };
        if (socket.state === "failed") return { status: -socket.errno };
        if (socket.state === "new") return { status: -Errno.ENOTCONN };
        return {
          status: -(request.wait === 0 ? Errno.EAGAIN : Errno.ETIMEDOUT),
        };
      }
      case "secure":
        if (socket.state !== "open") return { status: -Errno.ENOTCONN };
        socket.owed++;
        socket.tls = tlsLayer(request, {
          put: (chunk) => put(socket, chunk),
          take: (chunk) => arrived(socket, chunk),
          up: () => socket.owed--,
          fail: (errno) => fail(socket, errno),
        });
        return { status: 0 };
      case "poll": {
        let bits = 0;
        if (socket.receivedBytes > 0 || socket.state === "ended") {
          bits |= POLLIN;
        }
        if (socket.state === "open" && socket.sendingBytes < SEND_BYTES) {
          bits |= POLLOUT;
        }
        if (socket.state === "failed") bits |= POLLERR;
        if (socket.state === "new") bits |= POLLHUP;
        return { status: bits };
      }
      case "close":
        close(socket);
        return { status: 0 };
    }
  }

  return {
    serve,
    wake,
    halfClose() {
      for (const socket of open.values()) {
        if (socket.state === "open" && !socket.udp) socket.state = "ended";
      }
      wake();
    },
    closeAll() {
      for (const socket of [...open.values()]) close(socket);
    },
  };
}
