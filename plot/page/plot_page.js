import { unpack } from "./decode_series.js";
import { createCharts, timeText, valueText } from "./plot_charts.js";

/** So many sensors are drawn when the page opens. */
const DRAWN = 24;

const byId = (id) => document.getElementById(id);

const element = (name, text, attributes = {}) => {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  return made;
};

/** `0.5 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
function durationText(seconds) {
  if (!(seconds > 0)) return "–";
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const first = units.findIndex(([, size]) => seconds >= size);
  const [unit, size] = units[first];
  const whole = Math.floor(seconds / size);
  const next = units[first + 1];
  const rest = next ? Math.floor((seconds - whole * size) / next[1]) : 0;
  return `${whole} ${unit}${rest > 0 ? ` ${rest} ${next[0]}` : ""}`;
}

/** A percentage that is 100 only if nothing is missing. */
function captureText(share) {
  if (share === undefined) return "–";
  return `${(Math.floor(share * 1000 + 1e-9) / 10).toFixed(1)} %`;
}

function fillTable(meta, shown, changed) {
  for (const one of meta.series) {
    const row = byId("sensors").insertRow();
    const name = element("th", "", { scope: "row" });
    const label = name.appendChild(element("label", ""));
    const box = label.appendChild(element("input", "", { type: "checkbox" }));
    box.checked = shown.has(one);
    box.addEventListener("change", () => {
      if (box.checked) shown.add(one);
      else shown.delete(one);
      changed();
    });
    label.append(" ", element("span", one.id));
    row.append(
      name,
      ...[
        one.count.toLocaleString("en-US"),
        timeText(one.first),
        timeText(one.last),
        ...[one.min, one.mean, one.max].map((value) =>
          value === undefined ? "–" : valueText(value)
        ),
        durationText(one.usual),
        durationText(one.longest),
        captureText(one.capture),
      ].map((text) => element("td", text)),
    );
  }
}

function fillNotes({ marks, problems, notes }) {
  for (const note of notes) byId("notes").append(element("li", note));
  byId("marks").hidden = marks.length === 0;
  for (const { ts, text } of marks) {
    byId("mark-list").append(element("li", `${timeText(ts)}  ${text}`));
  }
  byId("problems").hidden = problems === undefined;
  if (!problems) return;
  byId("problems-summary").textContent = problems.summary;
  for (const line of problems.lines) {
    byId("problem-list").append(element("li", line));
  }
}

async function main() {
  const meta = await unpack(byId("data").textContent.trim());
  meta.series.forEach((one, index) => {
    one.index = index;
    // JSON has no infinity.
    one.gap ??= Infinity;
  });
  const shown = new Set(meta.series.slice(0, DRAWN));
  const charts = createCharts(byId("charts"), meta);
  const together = byId("together");
  together.checked = meta.together;
  const set = () =>
    charts.set(meta.series.filter((one) => shown.has(one)), together.checked);
  byId("period").textContent = `${timeText(meta.from)} – ${timeText(meta.to)}`;
  fillTable(meta, shown, set);
  fillNotes(meta);
  set();

  together.addEventListener("change", set);
  const actions = {
    back: () => charts.pan(-0.25),
    forward: () => charts.pan(0.25),
    in: () => charts.zoom(0.5),
    out: () => charts.zoom(2),
    whole: () => charts.reset(),
    theme() {
      const root = document.documentElement;
      const css = getComputedStyle(root);
      const dark = css.getPropertyValue("--scheme").trim() === "dark";
      root.dataset.theme = dark ? "light" : "dark";
      charts.fit();
      set();
    },
  };
  for (const [id, act] of Object.entries(actions)) {
    byId(id).addEventListener("click", act);
  }
  const keys = {
    ArrowLeft: "back",
    ArrowRight: "forward",
    "+": "in",
    "-": "out",
    0: "whole",
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input")) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    actions[act]();
  });
  let width = 0;
  new ResizeObserver(() => {
    const { clientWidth } = byId("charts");
    if (clientWidth === width) return;
    width = clientWidth;
    charts.fit();
  }).observe(byId("charts"));
  matchMedia("(prefers-color-scheme: dark)")
    .addEventListener("change", set);
  // For whoever tests the page, or writes a script of their own.
  globalThis.weir = { ...charts, meta };
  document.documentElement.dataset.ready = "yes";
}

main().catch((error) => {
  byId("period").textContent =
    `This page cannot be shown: ${error.message}. It needs a browser of 2023 or later.`;
});
