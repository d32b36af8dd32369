import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Certificates } from "../tests/helpers/certificates.ts";
import { PAYLOADS } from "./readings.ts";

/** The bench's broker, in a process of its own. */
export interface BenchBroker extends Disposable {
  /** Where it listens, on 127.0.0.1. */
  port: number;
  /** How many messages each subscriber gets. */
  messages: number;
  /** How many events a message becomes. */
  events: number;
  /** The certificate of its authority, if it speaks TLS. */
  ca?: string;
  /**
   * When it began to write to the next subscriber, in milliseconds since 1970.
   */
  nextStart(): Promise<number>;
}

/** How a broker of the bench differs from the usual one. */
export interface BrokerOptions {
  /** How many messages a second it offers. Default: as many as TCP takes. */
  rate?: number;
  /** What the messages are like. Default: the tutorial's readings. */
  payloads?: keyof typeof PAYLOADS;
  /** What it speaks TLS with. */
  tls?: Certificates;
}

/** Starts `bench_broker.ts`. */
export async function startBroker(
  messages: number,
  { rate = Infinity, payloads = "readings", tls }: BrokerOptions = {},
): Promise<BenchBroker> {
  const script = fileURLToPath(import.meta.resolve("./bench_broker.ts"));
  const child = spawn(
    Deno.execPath(),
    [
      ...["run", "-qP", script, `${messages}`, `${rate}`, payloads],
      ...tls ? [tls.serverCert, tls.serverKey] : [],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  const nextNumber = async () => Number((await lines.next()).value);
  return {
    port: await nextNumber(),
    messages,
    events: PAYLOADS[payloads].events,
    ca: tls?.ca,
    nextStart: nextNumber,
    [Symbol.dispose]: () => void child.kill(),
  };
}
