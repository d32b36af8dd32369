import font from "dejavu-fonts-ttf/ttf/DejaVuSans.ttf" with { type: "bytes" };
import wasm from "@resvg/resvg-wasm/index_bg.wasm" with { type: "bytes" };
import { initWasm, Resvg } from "@resvg/resvg-wasm";

/** Pixels of a PNG to one of the SVG, so that it is sharp on paper. */
const SCALE = 2;

let ready: Promise<void> | undefined;

/** Draws an SVG as PNG, with a font of its own. */
export async function toPng(svg: string): Promise<Uint8Array> {
  await (ready ??= initWasm(wasm));
  const resvg = new Resvg(svg, {
    fitTo: { mode: "zoom", value: SCALE },
    font: { fontBuffers: [font], defaultFontFamily: "DejaVu Sans" },
  });
  const image = resvg.render();
  try {
    return image.asPng();
  } finally {
    image.free();
    resvg.free();
  }
}
