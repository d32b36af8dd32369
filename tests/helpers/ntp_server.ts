import { createSocket } from "node:dgram";

/** Answers NTP requests on loopback. */
export interface NtpServer extends AsyncDisposable {
  /** Where it listens. */
  port: number;
}

const TO_1900 = 2_208_988_800;

/** Starts a time server whose time is `now()`, in milliseconds since 1970. */
export async function startNtpServer(
  now: () => number = Date.now,
): Promise<NtpServer> {
  const server = createSocket("udp4");
  server.on("message", (_, { port, address }) => {
    const packet = new DataView(new ArrayBuffer(48));
    packet.setUint8(0, 0x24); // version 4, server
    packet.setUint8(1, 2); // stratum
    packet.setUint32(40, Math.floor(now() / 1000) + TO_1900);
    server.send(new Uint8Array(packet.buffer), port, address);
  });
  await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
  return {
    port: server.address().port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
