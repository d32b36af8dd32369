/** A port that leaves and comes back: the USB of a Pico W is the board's own, and gone while the board restarts. */
import type { Transport } from "./transport.ts";

const RETRY_MS = 200;

/** Opens a transport that can be opened again, in the same way. */
export async function reopenable(
  open: () => Promise<Transport>,
): Promise<Transport> {
  let now: Transport | undefined = await open();
  const { name } = now;
  const close = async () => {
    const old = now;
    now = undefined;
    await old?.[Symbol.asyncDispose]();
  };
  return {
    name,
    get readable() {
      return now!.readable;
    },
    write: (bytes) =>
      now ? now.write(bytes) : Promise.reject(new Error("closed")),
    async reopen(ms) {
      await close();
      const late = performance.now() + ms;
      for (;;) {
        try {
          now = await open();
          return;
        } catch (error) {
          if (performance.now() > late) throw error;
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    },
    [Symbol.asyncDispose]: close,
  };
}
