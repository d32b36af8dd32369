import { Buffer } from "node:buffer";
import type { Message } from "./event.ts";
import type { Flow } from "./flow.ts";
import { toMessage } from "./mqtt/to_message.ts";

/** Options of {@linkcode lines}. */
export interface LinesOptions {
  /** The topic of the messages. Default: `stdin`. */
  topic?: string;
  /** Ends the flow. */
  signal?: AbortSignal;
  /** Of a longer line only the beginning is taken in, in bytes. Default: 1 MiB. */
  maxPayload?: number;
}

/** So much of a line that is too long is taken in, in bytes. */
const KEPT = 4096;

const CR = 13;

/**
 * Makes messages of the lines of a stream, such as stdin: each line is a payload.
 * What was read together is a batch. A slow sink slows the stream.
 *
 * @example
 * ```ts
 * import { lines, parse, pipe } from "./mod.ts";
 *
 * const { body } = new Response('{"sensor_id":"a","val":1}\n["b",2,3]\n');
 * const events = (await Array.fromAsync(pipe(lines(body!), parse()))).flat();
 * if (events.map(({ val }) => val).join() !== "1,3") throw events;
 * ```
 */
export async function* lines(
  stream: ReadableStream<Uint8Array>,
  { topic = "stdin", signal, maxPayload = 1_048_576 }: LinesOptions = {},
): Flow<Message> {
  const reader = stream.getReader();
  const ending = Promise.withResolvers<{ done: true; value?: undefined }>();
  const end = () => ending.resolve({ done: true });
  signal?.addEventListener("abort", end);
  if (signal?.aborted) end();
  /** The beginning of a line, and how many bytes it has so far. */
  let rest = Buffer.alloc(0);
  let size = 0;
  const add = (bytes: Buffer) => {
    size += bytes.length;
    const room = (size > maxPayload ? KEPT : size) - rest.length;
    rest = room < 0
      ? rest.subarray(0, KEPT)
      : Buffer.concat([rest, bytes.subarray(0, room)]);
  };
  const take = (): Message => {
    const isWhole = rest.length === size;
    const payload = isWhole && rest.at(-1) === CR ? rest.subarray(0, -1) : rest;
    const bytes = isWhole ? undefined : size;
    rest = Buffer.alloc(0);
    size = 0;
    const facts = { qos: 0, retain: false, dup: false } as const;
    return toMessage({ topic, payload, bytes, ...facts }, Date.now() / 1000);
  };
  try {
    for (;;) {
      const { done, value } = await Promise.race([
        ending.promise,
        reader.read(),
      ]);
      if (done) break;
      const chunk = Buffer.from(value.buffer, value.byteOffset, value.length);
      const messages: Message[] = [];
      let start = 0;
      for (let at; (at = chunk.indexOf("\n", start)) >= 0; start = at + 1) {
        add(chunk.subarray(start, at));
        messages.push(take());
      }
      add(chunk.subarray(start));
      if (messages.length > 0) yield messages;
    }
    if (size > 0) yield [take()];
  } finally {
    signal?.removeEventListener("abort", end);
    // Not awaited: a terminal may be silent for ever.
    reader.cancel().catch(() => {});
  }
}
