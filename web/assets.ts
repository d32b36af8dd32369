import uplotCss from "uplot/dist/uPlot.min.css" with { type: "text" };
import uplot from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import chart from "./page/live_chart.js" with { type: "text" };
import css from "./page/live_page.css" with { type: "text" };
import html from "./page/live_page.html" with { type: "text" };
import list from "./page/live_list.js" with { type: "text" };
import login from "./page/login.html" with { type: "text" };
import page from "./page/live_page.js" with { type: "text" };

const HTML = "text/html; charset=utf-8";
const JS = "text/javascript; charset=utf-8";
const CSS = "text/css; charset=utf-8";

/** The files of the page, by their path. */
const FILES: Readonly<Record<string, readonly [text: string, type: string]>> = {
  "/": [html, HTML],
  "/live_page.js": [page, JS],
  "/live_list.js": [list, JS],
  "/live_chart.js": [chart, JS],
  "/live_page.css": [css, CSS],
  "/uplot.js": [uplot, JS],
  "/uplot.css": [uplotCss, CSS],
};

/** A file of the page; `undefined` if there is none at the path. */
export function assetAt(path: string): Response | undefined {
  if (!Object.hasOwn(FILES, path)) return undefined;
  const [text, type] = FILES[path];
  return new Response(text, { headers: { "content-type": type } });
}

/** The page that asks for the token. */
export function loginPage(): Response {
  return new Response(login, {
    status: 401,
    headers: { "content-type": HTML, "www-authenticate": "Bearer" },
  });
}
