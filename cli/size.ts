import { escape } from "../pipeline/escape.ts";
import { UsageError } from "./usage_error.ts";

const BYTES: Record<string, number> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9 };

/**
 * A size as it is typed (`500kB`, `100MB`, `1.5GB`, `0B`), in bytes.
 *
 * @throws {UsageError} if it is not one.
 */
export function readSize(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([kMG]?B)$/i.exec(text) ?? [];
  if (number !== undefined) return Number(number) * BYTES[unit.toLowerCase()];
  throw new UsageError(
    `"${escape(text)}" is not a size. Write it like 500kB, 100MB or 1GB.`,
  );
}
