import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/** A name may have 255 bytes, and the pattern adds some. */
const MAX_BYTES = 200;

/** What some file system does not take, or takes for something else. */
const UNSAFE = /[/\\:*?"<>|\p{Cc}\p{Cf}\p{Cs}]|^[.\s-]|[.\s]$/gu;

/** A name of Windows for a device. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** The end of a text that was changed, or of a name that got a number. */
const CHANGED = /~([0-9a-f]{12}|\d*)$/;

const MAX_KEPT = 10_000;
const kept = new Map<string, string>();

/**
 * Text that came from the network, as one part of a path. Text that had to be
 * changed ends in `~` and a part of its SHA-256, so two texts never become one.
 */
export function safeSegment(text: string): string {
  const known = kept.get(text);
  if (known !== undefined) return known;
  if (kept.size >= MAX_KEPT) kept.clear();
  const safe = make(text);
  kept.set(text, safe);
  return safe;
}

function make(text: string): string {
  const replaced = text.replaceAll(UNSAFE, "_");
  const isSafe = replaced === text && text !== "" && !DEVICE.test(text) &&
    !CHANGED.test(text) && Buffer.byteLength(text) <= MAX_BYTES;
  if (isSafe) return text;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const end = `~${hash}`;
  let short = DEVICE.test(replaced) ? `_${replaced}` : replaced;
  while (Buffer.byteLength(short) > MAX_BYTES - end.length) {
    short = [...short].slice(0, -Math.ceil(short.length / 10)).join("");
  }
  return short + end;
}
