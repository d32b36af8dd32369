import { createChart } from "./live_chart.js";
import { ageText, createList } from "./live_list.js";

const byId = (id) => document.getElementById(id);
const whole = (count) => count.toLocaleString("en-US");

/** The sensor whose chart is open. */
let opened;

const chart = createChart();
const list = createList(byId("devices"), (sensor) => {
  opened = sensor.id;
  chart.open(sensor);
});

/** How much the run's clock is ahead of this one, in seconds. */
let ahead = 0;
const now = () => Date.now() / 1000 + ahead;

function recordingText({ state, file, reason, ...counts }) {
  if (!file) return ["no recording", ""];
  const parts = [
    `${state === "error" ? `the disk fails: ${reason ?? ""}` : state} ${file}`,
    `${whole(counts.rows)} rows`,
    `${whole(counts.safe)} safe`,
    `${whole(counts.rejected)} rejected`,
    `${whole(counts.gaps)} gaps`,
    ...(counts.waiting > 0 ? [`${whole(counts.waiting)} waiting`] : []),
    ...(counts.lost > 0 ? [`${whole(counts.lost)} lost`] : []),
  ];
  const level = state === "error" || counts.lost > 0
    ? "problem"
    : state === "recording"
    ? "good"
    : "warning";
  return [parts.join(" · "), level];
}

function brokerText({ url, state, reconnects, error }, { messages, behind }) {
  const parts = [
    `${state} ${url}`,
    `${Number(messages.toFixed(1))} messages/s`,
    ...(behind >= 1 ? [`${behind.toFixed(0)} s behind`] : []),
    ...(reconnects > 0 ? [`${whole(reconnects)} reconnects`] : []),
    ...(error ? [error] : []),
  ];
  return [parts.join(" · "), state === "connected" ? "good" : "problem"];
}

function show(id, [text, level]) {
  const element = byId(id);
  element.textContent = text;
  element.className = level;
}

let shownMarks = "";

function showMarks(marks) {
  const key = JSON.stringify(marks);
  if (key === shownMarks) return;
  shownMarks = key;
  byId("marks").hidden = marks.length === 0;
  byId("mark-list").replaceChildren(
    ...marks.toReversed().map((mark) => {
      const item = document.createElement("li");
      const time = new Date(mark.ts * 1000).toLocaleString("sv-SE");
      item.textContent = `${time}  ${mark.text}`;
      return item;
    }),
  );
}

function update(view, isWhole) {
  ahead = view.now - Date.now() / 1000;
  list.update(view.sensors, isWhole);
  list.age(view.now);
  show("recording", recordingText(view.recording));
  show("broker", brokerText(view.connection, view.traffic));
  showMarks(view.marks);
  byId("sensors-none").hidden = list.size() > 0;
  byId("more").hidden = view.more === 0;
  byId("more").textContent = `${
    whole(view.more)
  } more sensors are recorded and not shown.`;
  document.title = `${view.topics.join(" ")} – weir`;
  if (opened) chart.update(list.sensor(opened), view.now, view.marks);
}

let seen = 0;
const state = byId("page-state");

function say(text) {
  if (state.textContent !== text) state.textContent = text;
}

let source;

function listen() {
  source = new EventSource("/events");
  source.addEventListener("whole", ({ data }) => {
    seen = Date.now();
    say("Live");
    update(JSON.parse(data), true);
    chart.reload();
    document.documentElement.dataset.ready = "yes";
  });
  source.addEventListener("tick", ({ data }) => {
    seen = Date.now();
    say("Live");
    update(JSON.parse(data), false);
  });
  // The browser asks again by itself, unless it was refused.
  source.addEventListener("error", () => {
    say("No connection to weir. Trying again …");
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => location.reload(), 5000);
    }
  });
}

listen();

// A page that nobody sees costs weir nothing.
document.addEventListener("visibilitychange", () => {
  source.close();
  seen = 0;
  if (!document.hidden) listen();
});

setInterval(() => {
  list.age(now());
  const quiet = (Date.now() - seen) / 1000;
  if (seen > 0 && quiet > 5) say(`No word from weir for ${ageText(quiet)}`);
}, 1000);

byId("search").addEventListener(
  "input",
  ({ target }) => list.filter(target.value),
);

byId("mark-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const input = byId("mark-text");
  const answer = await fetch("/api/mark", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text: input.value }),
  }).catch(({ message }) => ({ ok: false, text: () => message }));
  byId("mark-state").textContent = answer.ok ? "Marked" : await answer.text();
  if (answer.ok) input.value = "";
});
