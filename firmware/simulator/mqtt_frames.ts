/**
 * Counts the MQTT packets in one direction of a connection: the fixed header's type and flags, and the remaining
 * length to skip (MQTT 3.1.1, 2.2). Returns the first byte of each packet that a chunk starts.
 */
export function frames(): (chunk: Uint8Array) => number[] {
  let state: "type" | "length" | "body" = "type";
  let remaining = 0;
  let shift = 0;
  return (chunk) => {
    const found: number[] = [];
    for (let i = 0; i < chunk.length;) {
      if (state === "body") {
        const step = Math.min(remaining, chunk.length - i);
        remaining -= step;
        i += step;
        if (remaining === 0) state = "type";
        continue;
      }
      const byte = chunk[i++];
      if (state === "type") {
        found.push(byte);
        state = "length";
        remaining = shift = 0;
      } else {
        remaining |= (byte & 0x7f) << shift;
        shift += 7;
        if (byte < 0x80) state = remaining > 0 ? "body" : "type";
      }
    }
    return found;
  };
}

/** Whether the broker owes a reply to a packet that starts with this byte (MQTT 3.1.1, table 2.1). */
export function wantsReply(first: number): boolean {
  const type = first >> 4;
  const qos = (first >> 1) & 3;
  return type === 1 || type === 8 || type === 10 || type === 12 ||
    (type === 3 && qos > 0);
}

/** Whether a packet that starts with this byte is such a reply. */
export function isReply(first: number): boolean {
  return [2, 4, 9, 11, 13].includes(first >> 4);
}
