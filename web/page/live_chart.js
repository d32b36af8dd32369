/* global uPlot */
import { valueText } from "./live_list.js";

const byId = (id) => document.getElementById(id);

/** How times are written on the axis, by their distance: by 24 hours. */
const TIMES = [
  [86400, "{MMM} {D}", "\n{YYYY}", null, null, null, null, null, 1],
  [60, "{HH}:{mm}", "\n{MMM} {D}", null, "\n{MMM} {D}", null, null, null, 1],
  [1, "{HH}:{mm}:{ss}", "\n{MMM} {D}", null, null, null, null, null, 1],
];

/** A chart of one sensor: its history from the run, then what comes. */
export function createChart() {
  let plot;
  let sensor;
  let seconds = 300;
  let data = [[], [], [], []];
  let marks = [];
  let opener;

  const style = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const draw = (now) => {
    const box = byId("chart-body");
    const width = Math.max(200, box.clientWidth);
    plot ??= new uPlot(
      {
        width,
        height: 280,
        legend: { show: false },
        cursor: { y: false, drag: { setScale: false, x: false, y: false } },
        axes: [{ values: TIMES }, { size: 70 }].map((axis) => ({
          ...axis,
          stroke: () => style("--ink"),
          grid: { stroke: () => style("--faint"), width: 1 },
          ticks: { stroke: () => style("--faint"), width: 1 },
        })),
        series: [
          {},
          {
            stroke: () => style("--accent"),
            width: 0.5,
            points: { show: false },
          },
          {
            stroke: () => style("--accent"),
            width: 0.5,
            points: { show: false },
          },
          { stroke: () => style("--accent"), width: 2 },
        ],
        bands: [{ series: [2, 1], fill: () => style("--band") }],
        hooks: {
          draw: [({ ctx, bbox, valToPos }) => {
            ctx.save();
            ctx.strokeStyle = style("--mark");
            ctx.setLineDash([8, 6]);
            const [from, to] = [plot.scales.x.min, plot.scales.x.max];
            for (const { ts } of marks) {
              if (ts < from || ts > to) continue;
              const x = Math.round(valToPos(ts, "x", true));
              ctx.beginPath();
              ctx.moveTo(x, bbox.top);
              ctx.lineTo(x, bbox.top + bbox.height);
              ctx.stroke();
            }
            ctx.restore();
          }],
          setCursor: [({ cursor: { idx } }) => {
            const value = idx === null || idx === undefined
              ? sensor?.value
              : data[3][idx];
            byId("chart-value").textContent = valueText(value ?? "–");
          }],
        },
      },
      data,
      box,
    );
    if (plot.width !== width) plot.setSize({ width, height: 280 });
    plot.batch(() => {
      plot.setData(data, false);
      // The window follows the data: what is not there yet takes no room.
      const from = Math.max(now - seconds, data[0][0] ?? now - seconds);
      plot.setScale("x", { min: Math.min(from, now - 10), max: now });
    });
  };

  const facts = () => {
    const { events, interval, min, mean, max } = sensor;
    byId("chart-facts").textContent = [
      `${events.toLocaleString("en-US")} readings`,
      ...(min === undefined ? [] : [
        `min ${valueText(min)}`,
        `mean ${valueText(mean)}`,
        `max ${valueText(max)}`,
      ]),
      ...(interval > 0 ? [`every ${Number(interval.toPrecision(2))} s`] : []),
    ].join(" · ");
  };

  const load = async () => {
    const asked = `${sensor.id} ${seconds}`;
    const query = new URLSearchParams({ sensor: sensor.id, seconds });
    const answer = await fetch(`/api/history?${query}`);
    if (!answer.ok || asked !== `${sensor?.id} ${seconds}`) return;
    const { buckets, to } = await answer.json();
    data = [[], [], [], []];
    for (const [time, min, mean, max] of buckets) {
      data[0].push(time);
      data[1].push(min);
      data[2].push(max);
      data[3].push(mean);
    }
    draw(to);
  };

  const close = () => {
    byId("chart").hidden = true;
    sensor = undefined;
    opener?.focus();
  };

  for (const button of document.querySelectorAll("[data-seconds]")) {
    button.setAttribute("aria-pressed", button.dataset.seconds === "300");
    button.addEventListener("click", () => {
      seconds = Number(button.dataset.seconds);
      for (const other of document.querySelectorAll("[data-seconds]")) {
        other.setAttribute("aria-pressed", other === button);
      }
      load();
    });
  }
  byId("chart-close").addEventListener("click", close);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && sensor) close();
  });
  addEventListener("resize", () => sensor && load());

  return {
    open(opened) {
      sensor = opened;
      opener = document.activeElement;
      byId("chart-name").textContent = opened.name ?? opened.id;
      byId("chart-value").textContent = valueText(opened.value);
      byId("chart").hidden = false;
      byId("chart").focus();
      facts();
      load();
    },
    /** What has come: the newest value of the sensor, and the marks. */
    update(latest, now, shownMarks) {
      marks = shownMarks;
      if (!sensor || !latest) return;
      const isNew = latest.time !== sensor.time;
      sensor = latest;
      facts();
      if (!plot) return;
      if (isNew && typeof latest.value === "number") {
        const last = data[0].at(-1);
        if (!(latest.time <= last)) {
          data[0].push(latest.time);
          for (const column of data.slice(1)) column.push(latest.value);
        }
        byId("chart-value").textContent = valueText(latest.value);
      }
      while (data[0].length > 0 && data[0][0] < now - 2 * seconds) {
        for (const column of data) column.shift();
      }
      draw(now);
    },
    reload: () => sensor && load(),
  };
}
