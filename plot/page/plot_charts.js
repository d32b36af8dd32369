/* global uPlot */
import { indexOf, tableOf } from "./thin_points.js";

const COLOURS = {
  light: ["#0072b2", "#c04f00", "#007a5a", "#a8457f", "#8a6400", "#0077aa"],
  dark: ["#56b4e9", "#ff9e4a", "#2fd6a3", "#f0a0cc", "#f0c24a", "#9fd8ff"],
};

/** The width beside a chart that its axis takes, in pixels. */
const AXIS = 70;

/** How times are written on the axis, by their distance: as uPlot's own, by 24 hours. */
const TIMES = [
  [86400 * 365, "{YYYY}", null, null, null, null, null, null, 1],
  [86400 * 28, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [86400, "{MMM} {D}", "\n{YYYY}", null, null, null, null, null, 1],
  ...[
    [3600, "{HH}:{mm}"],
    [60, "{HH}:{mm}"],
    [1, "{HH}:{mm}:{ss}"],
    [0.001, "{HH}:{mm}:{ss}.{fff}"],
  ].map(([step, clock]) => {
    const day = "\n{MMM} {D}";
    return [step, clock, `${day} {YYYY}`, null, day, null, null, null, 1];
  }),
];

const two = (number) => String(number).padStart(2, "0");

/** `2026-01-31 12:00:05`, in local time. */
export function timeText(seconds) {
  const d = new Date(seconds * 1000);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ` +
    [d.getHours(), d.getMinutes(), d.getSeconds()].map(two).join(":");
}

/** A value with at most seven digits of a number. */
export function valueText(value) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(7))) : "–";
}

/** The reading nearest to a time, in words; "–" if there is none near. */
function readingAt(series, time, near) {
  const { times, values, states, kind } = series;
  let at = indexOf(times, time);
  const closer = at > 0 &&
    (at === times.length || time - times[at - 1] < times[at] - time);
  if (closer) at--;
  if (!(Math.abs(times[at] - time) <= near)) return "–";
  if (kind === "numbers") return valueText(values[at]);
  return values[at] < 0 ? "several" : states[values[at]];
}

/** The stretches of time of a band, each in one state. */
function runsOf({ times, values, gap }) {
  const runs = [];
  let last;
  for (let i = 0; i < times.length; i++) {
    const joined = last && times[i] - last.to <= gap;
    if (joined) last.to = times[i];
    if (!joined || last.state !== values[i]) {
      runs.push(last = { from: times[i], to: times[i], state: values[i] });
    }
  }
  return runs;
}

/**
 * Charts over one time axis: those of the numbers, each alone or all together,
 * and bands. `view` is the period that is shown.
 */
export function createCharts(box, { from, to, marks }) {
  const whole = from < to ? { from, to } : { from: from - 1, to: to + 1 };
  let view = { ...whole };
  let charts = [];
  let style;
  let frame = 0;
  const sync = uPlot.sync("weir");

  const readStyle = () => {
    const css = getComputedStyle(document.documentElement);
    const get = (name) => css.getPropertyValue(name).trim();
    const dark = get("--scheme") === "dark";
    style = {
      ink: get("--ink"),
      faint: get("--faint"),
      mark: get("--mark"),
      colours: COLOURS[dark ? "dark" : "light"],
    };
  };
  const colour = (index) => style.colours[index % style.colours.length];

  const draw = () => {
    frame = 0;
    for (const { plot, near, dataOf, element } of charts) {
      if (!near) continue;
      const columns = Math.max(50, element.clientWidth - AXIS);
      plot.batch(() => {
        plot.setData(dataOf(view.from, view.to, columns), false);
        plot.setScale("x", { min: view.from, max: view.to });
      });
    }
  };
  const redraw = () => frame ||= requestAnimationFrame(draw);

  const show = (start, end) => {
    const span = Math.max(end - start, 0.002);
    if (span >= whole.to - whole.from) view = { ...whole };
    else {
      const left = Math.min(Math.max(start, whole.from), whole.to - span);
      view = { from: left, to: left + span };
    }
    redraw();
  };
  const zoom = (factor, at = (view.from + view.to) / 2) =>
    show(
      at - (at - view.from) * factor,
      at + (view.to - at) * factor,
    );
  const pan = (share) => {
    const step = (view.to - view.from) * share;
    show(view.from + step, view.to + step);
  };
  const reset = () => show(whole.from, whole.to);

  const drawMarks = (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = style.mark;
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.font = `${11 * devicePixelRatio}px sans-serif`;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    for (const { ts, text } of marks) {
      if (ts < view.from || ts > view.to) continue;
      const x = Math.round(plot.valToPos(ts, "x", true));
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      if (plot !== charts[0]?.plot) continue;
      ctx.fillText(text.slice(0, 40), x + 4, bbox.top + 11 * devicePixelRatio);
    }
    ctx.restore();
  };

  const drawBand = (plot, one) => {
    const { ctx, bbox } = plot;
    const runs = one.runs ??= runsOf(one);
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.font = `${12 * devicePixelRatio}px sans-serif`;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    let low = 0;
    let high = runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (runs[middle].to < view.from) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < runs.length && runs[i].from <= view.to; i++) {
      const { from, to, state } = runs[i];
      const x = plot.valToPos(from, "x", true);
      const width = Math.max(1, plot.valToPos(to, "x", true) - x);
      ctx.globalAlpha = state < 0 ? 0.5 : 0.4;
      ctx.fillStyle = state < 0 ? style.faint : colour(state);
      ctx.fillRect(x, bbox.top, width, bbox.height);
      if (state < 0) continue;
      const name = one.states[state];
      if (ctx.measureText(name).width + 8 > width) continue;
      ctx.globalAlpha = 1;
      ctx.fillStyle = style.ink;
      ctx.fillText(
        name,
        Math.max(x, bbox.left) + 4,
        bbox.top + bbox.height / 2 + 4 * devicePixelRatio,
      );
    }
    ctx.restore();
  };

  const readout = (plot, chart) => {
    const { left } = plot.cursor;
    const shown = left >= 0;
    const time = shown ? plot.posToVal(left, "x") : NaN;
    const pixel = 4 * (view.to - view.from) /
      Math.max(1, plot.over.clientWidth);
    chart.series.forEach((one, index) => {
      const near = Math.max(pixel, Number.isFinite(one.gap) ? one.gap / 2 : 0);
      chart.values[index].textContent = shown ? readingAt(one, time, near) : "";
    });
    chart.time.textContent = shown ? timeText(time) : "";
  };

  const create = (kind, series, together) => {
    const element = document.createElement("section");
    element.className = "chart";
    const head = element.appendChild(document.createElement("h2"));
    const values = series.map(({ id }, index) => {
      const name = head.appendChild(document.createElement("span"));
      name.textContent = id;
      if (together) name.style.color = colour(index);
      return head.appendChild(document.createElement("output"));
    });
    const time = head.appendChild(document.createElement("time"));
    const body = element.appendChild(document.createElement("div"));
    box.append(element);
    const isBand = kind === "states";
    const chart = { element, values, time, series, near: true };
    chart.dataOf = (start, end, columns) =>
      isBand
        ? [[start, end], [null, null]]
        : tableOf(series, start, end, columns);
    const axis = (rest) => ({
      stroke: () => style.ink,
      grid: { stroke: () => style.faint, width: 1 },
      ticks: { stroke: () => style.faint, width: 1 },
      ...rest,
    });
    chart.plot = new uPlot(
      {
        width: Math.max(200, element.clientWidth),
        height: isBand ? 88 : together ? 420 : 170,
        legend: { show: false },
        cursor: {
          sync: { key: sync.key },
          y: false,
          drag: { x: true, y: false, setScale: false },
          points: { show: false },
        },
        scales: {
          x: { time: true },
          y: isBand ? { range: [0, 1] } : {},
        },
        axes: [
          axis({ values: TIMES }),
          axis(
            isBand ? { size: AXIS, values: () => [], grid: { show: false } } : {
              size: AXIS,
            },
          ),
        ],
        series: [
          {},
          ...(isBand ? [{}] : series.map((one, index) => ({
            stroke: () => colour(together ? index : one.index),
            width: 1.25,
            points: {
              show: (_plot, _index, from, to) => to - from < 60,
              size: 5,
            },
          }))),
        ],
        hooks: {
          draw: [
            (plot) => {
              if (isBand) drawBand(plot, series[0]);
              drawMarks(plot);
            },
          ],
          setCursor: [(plot) => readout(plot, chart)],
          setSelect: [(plot) => {
            const { left, width } = plot.select;
            if (width < 3) return;
            const start = plot.posToVal(left, "x");
            const end = plot.posToVal(left + width, "x");
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            show(start, end);
          }],
        },
      },
      chart.dataOf(view.from, view.to, 500),
      body,
    );
    const { over } = chart.plot;
    over.addEventListener("dblclick", reset);
    over.addEventListener("wheel", (event) => {
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!sideways && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      if (sideways) return pan(event.deltaX / over.clientWidth);
      const x = event.clientX - over.getBoundingClientRect().left;
      zoom(1.002 ** event.deltaY, chart.plot.posToVal(x, "x"));
    }, { passive: false });
    over.addEventListener("mousedown", (event) => {
      if (!event.shiftKey) return;
      event.stopImmediatePropagation();
      const begun = { x: event.clientX, ...view };
      const move = ({ clientX }) => {
        const step = (begun.x - clientX) / over.clientWidth *
          (begun.to - begun.from);
        show(begun.from + step, begun.to + step);
      };
      addEventListener("mousemove", move);
      addEventListener(
        "mouseup",
        () => removeEventListener("mousemove", move),
        { once: true },
      );
    }, { capture: true });
    return chart;
  };

  const inView = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const chart = charts.find(({ element }) => element === target);
      if (chart) chart.near = isIntersecting;
    }
    redraw();
  }, { rootMargin: "300px" });

  return {
    view: () => view,
    zoom,
    pan,
    reset,
    show,
    /** Draws these series, the numbers of them each alone or together. */
    set(series, together) {
      for (const { plot, element } of charts) {
        plot.destroy();
        inView.unobserve(element);
      }
      box.replaceChildren();
      readStyle();
      const numbers = series.filter(({ kind }) => kind === "numbers");
      charts = [];
      if (together && numbers.length > 0) {
        charts.push(create("numbers", numbers, true));
      }
      for (const one of series) {
        if (together && one.kind === "numbers") continue;
        charts.push(create(one.kind, [one], false));
      }
      for (const { element } of charts) inView.observe(element);
      redraw();
    },
    /** The page has another width, or other colours. */
    fit() {
      readStyle();
      for (const { plot, element } of charts) {
        plot.setSize({
          width: Math.max(200, element.clientWidth),
          height: plot.height,
        });
      }
      redraw();
    },
  };
}
