import { WeirError } from "../error.ts";
import type { Connection } from "./connect.ts";

/** How long a broker may take to answer, in milliseconds. */
const TIMEOUT = 10_000;

/**
 * Resolves with the broker's answer to a packet. mqtt.js would wait for it also
 * if the connection is lost.
 *
 * @throws {WeirError} if the connection is gone before, or nothing has come
 * after 10 s; `what` is asked then.
 */
export async function answered<T>(
  { closed }: Connection,
  what: string,
  answer: Promise<T>,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      reject(
        new WeirError(
          "ERR_WEIR_NO_ANSWER",
          `The broker does not answer ${what}.`,
        ),
      ),
    TIMEOUT,
  );
  const gone = closed.then((error) => Promise.reject(error));
  gone.catch(() => {});
  try {
    return await Promise.race([answer, gone, late]);
  } finally {
    clearTimeout(timer);
  }
}
