import { Opaque } from "../decoder.ts";
import { bytesOf, exactInteger } from "./plain_value.ts";
import type { Metric } from "./sparkplug_payload.ts";

/** The widths of signed integers, by data type: Int8 to Int64 (Sparkplug 3.0, 6.4.16). */
const SIGNED: Record<number, number> = { 1: 8, 2: 16, 3: 32, 4: 64 };

/** Unsigned: UInt8 to UInt64, DateTime. */
const UNSIGNED = new Set([5, 6, 7, 8, 13]);

/** Arrays of numbers, booleans, text and times, packed into bytes. */
const ARRAYS = { first: 22, last: 34 };

/** The value of a metric, of the type that it or its birth says. */
export function valueOf(
  metric: Metric,
  type: number | undefined,
): string | number | boolean | null | Opaque {
  if (metric.is_null) return null;
  const { int_value, long_value } = metric;
  if (int_value !== undefined) return readInteger(BigInt(int_value), 32, type);
  if (long_value !== undefined) return readInteger(long_value, 64, type);
  if (metric.bytes_value) {
    return new Opaque(
      type !== undefined && type >= ARRAYS.first && type <= ARRAYS.last
        ? "an array"
        : bytesOf(metric.bytes_value),
    );
  }
  if (metric.dataset_value) return new Opaque("a data set");
  if (metric.template_value) return new Opaque("a template");
  if (metric.extension_value) return new Opaque("an extension");
  return metric.float_value ?? metric.double_value ?? metric.boolean_value ??
    metric.string_value ?? null;
}

/** On the wire, -1 of an Int32 is 4294967295: only its type tells them apart. */
function readInteger(
  value: bigint,
  bits: number,
  type: number | undefined,
): number | string | Opaque {
  const signed = type === undefined ? undefined : SIGNED[type];
  if (signed !== undefined) return exactInteger(BigInt.asIntN(signed, value));
  const plain = value < 1n << BigInt(bits - 1);
  return plain || type !== undefined && UNSIGNED.has(type)
    ? exactInteger(value)
    : new Opaque("an integer whose type is not known");
}
