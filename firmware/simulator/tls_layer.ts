/** TLS over a board's connection, by the host's means: what mbedtls is on a board. */
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { connect } from "node:tls";

/** How a board wants a connection to be secured. */
export interface Tls {
  /** The name that the certificate must have. */
  host: string;
  /** The certificate of the authority, as DER. */
  ca: Uint8Array;
  /** Whether the peer's certificate is checked. */
  verify: boolean;
  /** The board's time, in seconds since 1970: a certificate has dates. */
  now: number;
}

/** Beside the `errno` of a network: why a handshake failed. `modules/ssl.py` has mbedtls's words for each. */
const Failure = {
  OTHER: 20_000,
  NOT_SIGNED: 20_001,
  NAME: 20_002,
  EXPIRED: 20_003,
  FUTURE: 20_004,
} as const;

/** The encrypted side, and the plain one. */
interface Ends {
  /** Takes encrypted bytes on their way to the peer. */
  put(chunk: Uint8Array): void;
  /** Takes plain bytes that came from it. */
  take(chunk: Uint8Array): void;
  /** Is called when the handshake is over. */
  up(): void;
  /** Is told why there is no connection, as an errno. */
  fail(errno: number): void;
}

/** TLS between the two sides of a socket. */
export interface TlsLayer {
  /** Encrypted bytes have come. */
  arrived(chunk: Uint8Array): void;
  /** Sends plain bytes; before the end of the handshake they wait. */
  send(chunk: Uint8Array): void;
}

/** Begins a handshake as a client. */
export function tlsLayer(
  { host, ca, verify, now }: Tls,
  { put, take, up, fail }: Ends,
): TlsLayer {
  const wire = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      put(new Uint8Array(chunk));
      done();
    },
  });
  const pem = `-----BEGIN CERTIFICATE-----\n${
    Buffer.from(ca).toString("base64")
  }\n-----END CERTIFICATE-----\n`;
  const tls = connect({
    socket: wire,
    servername: /^[\d.]+$/.test(host) ? "" : host,
    host,
    ca: pem,
    rejectUnauthorized: verify,
  });
  tls.on("secureConnect", () => {
    const { valid_from, valid_to } = tls.getPeerCertificate();
    if (verify && now * 1000 < Date.parse(valid_from)) fail(Failure.FUTURE);
    else if (verify && now * 1000 > Date.parse(valid_to)) fail(Failure.EXPIRED);
    else up();
  });
  tls.on("data", (chunk: Buffer) => take(new Uint8Array(chunk)));
  tls.on("error", (error: Error & { code?: string }) => {
    const { code = "" } = error;
    fail(
      code === "ERR_TLS_CERT_ALTNAME_INVALID"
        ? Failure.NAME
        : code === "CERT_HAS_EXPIRED"
        ? Failure.EXPIRED
        : /SELF_SIGNED|UNABLE_TO/.test(code)
        ? Failure.NOT_SIGNED
        : Failure.OTHER,
    );
  });
  return {
    arrived: (chunk) => wire.push(Buffer.from(chunk)),
    send: (chunk) => tls.write(chunk),
  };
}
