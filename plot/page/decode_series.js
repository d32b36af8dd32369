/** Unpacks what plot/html_page.ts has packed: `{ meta, series }`. */
export async function unpack(base64) {
  const packed = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const size = new DataView(bytes.buffer).getUint32(0, true);
  const meta = JSON.parse(
    new TextDecoder().decode(bytes.subarray(4, 4 + size)),
  );
  let at = 4 + size;
  for (const one of meta.series) {
    Object.assign(one, decodeSeries(bytes, at, one, meta.from));
    at += one.bytes;
  }
  return meta;
}

/** The times and values of a series. */
export function decodeSeries(bytes, at, { points, decimals }, from) {
  const take = () => {
    let number = 0;
    for (let power = 1;; power *= 128) {
      const byte = bytes[at++];
      number += (byte & 127) * power;
      if (byte < 128) return number;
    }
  };
  const times = new Float64Array(points);
  const values = new Float64Array(points);
  let before = Math.round(from * 1000);
  for (let i = 0; i < points; i++) times[i] = (before += take()) / 1000;
  if (decimals < 0) {
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < points; i++, at += 8) {
      values[i] = view.getFloat64(at, true);
    }
    return { times, values };
  }
  const power = 10 ** decimals;
  before = 0;
  for (let i = 0; i < points; i++) {
    const step = take();
    if (step === 0) {
      values[i] = NaN;
      continue;
    }
    before += step % 2 === 0 ? -step / 2 : (step - 1) / 2;
    values[i] = before / power;
  }
  return { times, values };
}
