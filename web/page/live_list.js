/** A sparkline has so many points. */
const POINTS = 60;

const SVG = "http://www.w3.org/2000/svg";

/** A value in few characters: at most six digits of a number. */
export function valueText(value) {
  if (typeof value !== "number") return String(value);
  return String(Number(value.toPrecision(6)));
}

/** `5 s`, `3 min`, `2 h`, `4 d`. */
export function ageText(seconds) {
  const age = Math.max(0, seconds);
  if (age < 60) return `${Math.floor(age)} s`;
  if (age < 3600) return `${Math.floor(age / 60)} min`;
  if (age < 86400) return `${Math.floor(age / 3600)} h`;
  return `${Math.floor(age / 86400)} d`;
}

/** What a name says: the device, and which of its values it is. */
function split(name) {
  const at = name.lastIndexOf("/");
  return at > 0 ? [name.slice(0, at), name.slice(at + 1)] : [name, "value"];
}

function pointsOf(numbers) {
  const min = Math.min(...numbers);
  const max = Math.max(...numbers);
  return numbers.map((number, at) => {
    const x = numbers.length > 1 ? at / (numbers.length - 1) * 100 : 100;
    const y = max > min ? 22 - (number - min) / (max - min) * 20 : 12;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  }).join(" ");
}

/** The list of devices, each with its values. `open` is called with a sensor. */
export function createList(box, open) {
  const rows = new Map();
  const devices = new Map();
  let filter = "";

  const deviceOf = (name) => {
    let device = devices.get(name);
    if (device) return device;
    const section = document.createElement("section");
    const head = section.appendChild(document.createElement("h2"));
    head.textContent = name;
    const list = section.appendChild(document.createElement("ul"));
    device = { section, list, rows: [] };
    devices.set(name, device);
    const after =
      [...devices.keys()].filter((other) =>
        other.localeCompare(name, "en", { numeric: true }) > 0
      ).sort((a, b) => a.localeCompare(b, "en", { numeric: true }))[0];
    box.insertBefore(section, after ? devices.get(after).section : null);
    return device;
  };

  const create = (sensor) => {
    const [device, field] = split(sensor.name ?? sensor.id);
    const { list, rows: others } = deviceOf(device);
    const item = list.appendChild(document.createElement("li"));
    const button = item.appendChild(document.createElement("button"));
    const part = (name, text = "") => {
      const made = button.appendChild(document.createElement("span"));
      made.className = name;
      made.textContent = text;
      return made;
    };
    part("field", field);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 100 24");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    const line = svg.appendChild(document.createElementNS(SVG, "polyline"));
    const row = {
      item,
      device,
      text: `${sensor.name ?? sensor.id}`.toLowerCase(),
      line,
      numbers: [],
      value: part("value"),
      age: undefined,
    };
    button.append(svg);
    row.age = part("age");
    button.addEventListener("click", () => open(row.sensor));
    others.push(row);
    rows.set(sensor.id, row);
    showRow(row);
    return row;
  };

  const showRow = (row) => {
    row.item.hidden = !row.text.includes(filter);
    const { section, rows: all } = devices.get(row.device);
    section.hidden = all.every(({ item }) => item.hidden);
  };

  return {
    update(sensors, whole) {
      for (const sensor of sensors) {
        const row = rows.get(sensor.id) ?? create(sensor);
        row.sensor = sensor;
        if (whole) row.numbers = sensor.last ?? [];
        else if (typeof sensor.value === "number") {
          row.numbers.push(sensor.value);
        }
        row.numbers = row.numbers.slice(-POINTS);
        row.value.textContent = valueText(sensor.value);
        row.line.setAttribute("points", pointsOf(row.numbers));
      }
    },
    /** Says how old each value is, and which are older than is usual. */
    age(now) {
      for (const { sensor, age, item } of rows.values()) {
        const seconds = now - sensor.time;
        age.textContent = ageText(seconds);
        const late = sensor.interval > 0 &&
          seconds > Math.max(10, 5 * sensor.interval);
        item.classList.toggle("late", late);
      }
    },
    filter(text) {
      filter = text.toLowerCase();
      for (const row of rows.values()) showRow(row);
    },
    sensor: (id) => rows.get(id)?.sensor,
    size: () => rows.size,
  };
}
