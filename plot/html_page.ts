import uplotCss from "uplot/dist/uPlot.min.css" with { type: "text" };
import uplot from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import chartsJs from "./page/plot_charts.js" with { type: "text" };
import decodeJs from "./page/decode_series.js" with { type: "text" };
import pageCss from "./page/plot_page.css" with { type: "text" };
import pageJs from "./page/plot_page.js" with { type: "text" };
import thinJs from "./page/thin_points.js" with { type: "text" };
import { escape } from "../pipeline/escape.ts";
import { decimalsOf, encodeSeries } from "./encode_series.ts";
import type { Picture } from "./picture.ts";

/** What a page says beside its charts. */
export interface PageNotes {
  /** Sentences for the reader. */
  notes?: readonly string[];
  /** What a check of the recordings found. */
  problems?: { summary: string; lines: readonly string[] };
}

const THINNED =
  "There are more readings than a page holds. Of each stretch of time it has the first, the least, the greatest and the last. The table counts all readings.";

/**
 * Draws a picture as one page of HTML that needs no network. The names of
 * sensors, marks and problems are packed with the numbers, so nothing that came
 * from the network stands in the markup; and a policy in the page lets no script
 * but its own run, and no request leave it.
 */
export async function drawPage(
  picture: Picture,
  { notes = [], problems }: PageNotes = {},
): Promise<string> {
  const script = [decodeJs, thinJs, chartsJs, pageJs].map(inline).join("\n");
  const scripts = [uplot, `"use strict";{\n${script}\n}`].map(unclosed);
  const styles = [uplotCss, pageCss];
  const data = await pack(picture, {
    notes: picture.series.some(({ resolution }) => resolution > 0)
      ? [...notes, THINNED]
      : notes,
    problems,
  });
  const hashes = async (texts: string[]) =>
    (await Promise.all(texts.map(hashOf))).join(" ");
  const policy = `default-src 'none'; script-src ${await hashes(
    scripts,
  )}; style-src ${await hashes(styles)}; base-uri 'none'; form-action 'none'`;
  const title = escapeHtml(picture.title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
${styles.map((style) => `<style>${style}</style>`).join("\n")}
</head>
<body>
<header>
<h1>${title}</h1>
<p id="period">This page needs JavaScript.</p>
<ul id="notes"></ul>
</header>
<main>
<div class="tools" role="group" aria-label="Time axis">
<button id="back" aria-label="Back in time">◀</button>
<button id="forward" aria-label="Forward in time">▶</button>
<button id="in" aria-label="Zoom in">+</button>
<button id="out" aria-label="Zoom out">−</button>
<button id="whole">Whole period</button>
<label><input id="together" type="checkbox"> Together</label>
<button id="theme">Light or dark</button>
</div>
<p>Drag to zoom. Shift and drag to pan. Ctrl and wheel zoom at the pointer. Keys: ← → + − 0.</p>
<div id="charts"></div>
<h2>Sensors</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Sensors">
<table>
<thead><tr><th scope="col">Sensor</th><th scope="col">Readings</th><th scope="col">First</th><th scope="col">Last</th><th scope="col">Min</th><th scope="col">Mean</th><th scope="col">Max</th><th scope="col">Usual interval</th><th scope="col">Longest gap</th><th scope="col">Data capture</th></tr></thead>
<tbody id="sensors"></tbody>
</table>
</div>
<p>Data capture: the percentage of a sensor’s usual intervals that have a reading, from the first reading of any sensor to the last. The usual interval is the median time between two of its readings.</p>
<section id="problems" hidden><h2>Problems</h2><p id="problems-summary"></p><ul id="problem-list"></ul></section>
<section id="marks" hidden><h2>Marks</h2><ul id="mark-list"></ul></section>
</main>
<script type="text/plain" id="data">${data}</script>
${scripts.map((script) => `<script>${script}</script>`).join("\n")}
</body>
</html>
`;
}

/** The text of a module as a part of one script. */
function inline(module: string): string {
  return module.replace(/^import [^;]*;$/gm, "").replace(/^export /gm, "");
}

/** A script that no text in it can end. */
const unclosed = (script: string) => script.replace(/<\/(?=script)/gi, "<\\/");

async function hashOf(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `'sha256-${new Uint8Array(digest).toBase64()}'`;
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (found) => ENTITIES[found]);
}

/** All that the page shows, packed: a JSON with its length before it, and points. */
async function pack(
  { series, from, to, marks, together }: Picture,
  notes: PageNotes,
): Promise<string> {
  const points: Uint8Array<ArrayBuffer>[] = [];
  const listed = series.map(({ times, values, ...rest }) => {
    const decimals = decimalsOf(values);
    const bytes = encodeSeries({ times, values, ...rest }, from, decimals);
    points.push(bytes);
    return {
      ...rest,
      // No character of a name hides another, or turns the text around.
      id: escape(rest.id),
      states: rest.states.map(escape),
      points: times.length,
      decimals,
      bytes: bytes.length,
    };
  });
  const shown = marks.map(({ ts, text }) => ({ ts, text: escape(text) }));
  const meta = { from, to, marks: shown, together, ...notes, series: listed };
  const text = new TextEncoder().encode(JSON.stringify(meta));
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, text.length, true);
  const stream = new Blob([size, text, ...points]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());
  return packed.toBase64();
}
