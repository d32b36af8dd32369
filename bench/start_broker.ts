import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The bench's broker, in a process of its own. */
export interface FakeBroker extends Disposable {
  /** Where it listens, on 127.0.0.1. */
  port: number;
  /** How many messages each subscriber gets. */
  messages: number;
  /** How many a second it offers; as many as TCP takes if it is Infinity. */
  rate: number;
  /**
   * When it began to write to the next subscriber, in milliseconds since 1970.
   */
  nextStart(): Promise<number>;
}

/** Starts `broker.ts`. */
export async function startBroker(
  messages: number,
  rate = Infinity,
): Promise<FakeBroker> {
  const script = fileURLToPath(import.meta.resolve("./bench_broker.ts"));
  const child = spawn(
    Deno.execPath(),
    ["run", "-P", script, `${messages}`, `${rate}`],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  const nextNumber = async () => Number((await lines.next()).value);
  return {
    port: await nextNumber(),
    messages,
    rate,
    nextStart: nextNumber,
    [Symbol.dispose]: () => void child.kill(),
  };
}
