import { WeirError } from "../error.ts";
import { escape } from "../escape.ts";
import { fileError, refuseIrregular } from "./file_error.ts";

/**
 * Reads the bytes of a file, unpacked if its name ends in `.gz`.
 *
 * @throws {WeirError} if it cannot be read, or is not gzip.
 */
export async function* readBytes(
  path: string,
  onBytes?: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  try {
    await refuseIrregular(path, "read");
    const file = await Deno.open(path);
    const counted = file.readable.pipeThrough(
      new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(chunk, controller) {
          onBytes?.(chunk.length);
          controller.enqueue(chunk);
        },
      }),
    );
    yield* /\.gz$/i.test(path)
      ? counted.pipeThrough(new DecompressionStream("gzip"))
      : counted;
  } catch (error) {
    if (error instanceof TypeError) {
      throw new WeirError(
        "ERR_WEIR_FILE",
        `Cannot read ${escape(path)}: it is not gzip, or it is cut off.`,
        { cause: error, facts: { path } },
      );
    }
    throw fileError(path, error, "read");
  }
}
