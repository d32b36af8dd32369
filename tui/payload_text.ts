import { cut, visible } from "./fit_text.ts";

const strict = new TextDecoder("utf-8", { fatal: true });
const lenient = new TextDecoder();

/** A payload as text, or nothing if it is not UTF-8 or holds control characters. */
export function textOf(payload: Uint8Array): string | undefined {
  try {
    const text = strict.decode(payload);
    // deno-lint-ignore no-control-regex
    return /[\x00-\x08\x0e-\x1f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The beginning of a payload in one row: as text, or its bytes in hex. */
export function payloadStart(payload: Uint8Array, columns: number): string {
  // Each character takes at most four bytes.
  const part = payload.subarray(0, 4 * columns + 4);
  // The cut may have gone through a character.
  const text = textOf(part) ??
    (part.length < payload.length && isText(part)
      ? lenient.decode(part)
      : undefined);
  return cut(
    text === undefined ? hex(part) : visible(text.replace(/\s+/g, " ")),
    columns,
  );
}

/** Whether bytes are text, but for a character that is cut at their end. */
function isText(bytes: Uint8Array): boolean {
  return [1, 2, 3].some((cut) => textOf(bytes.subarray(0, -cut)) !== undefined);
}

/** Bytes in hex: `0a ff`. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join(" ");
}
