import { WeirError } from "../error.ts";
import { escape } from "../escape.ts";
import { fileError, refuseIrregular } from "./file_error.ts";

/**
 * Resolves with the path of a file, or of its `.gz` if a recording has compressed
 * it since somebody looked.
 */
export async function findPacked(path: string): Promise<string> {
  const isThere = (path: string) =>
    Deno.stat(path).then(() => true, () => false);
  const packed = `${path}.gz`;
  return !await isThere(path) && await isThere(packed) ? packed : path;
}

/**
 * Reads the bytes of a file, unpacked if its name ends in `.gz`.
 *
 * @throws {WeirError} if it cannot be read, or is not gzip.
 */
export async function* readBytes(
  named: string,
  onBytes?: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  const path = await findPacked(named);
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
