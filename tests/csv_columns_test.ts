import assert from "node:assert/strict";
import {
  checkRecording,
  csv,
  CSV_COLUMNS,
  type CsvColumn,
  csvFormat,
  exportRecordings,
  isRecording,
  type SensorEvent,
  WeirError,
} from "../pipeline/mod.ts";
import { EVENT, flow, HEADER, ROW } from "./helpers/csv_rows.ts";
import { type Folder, makeFolder } from "./helpers/folder.ts";

/** An event with all that a CSV can hold of one. */
const FULL: SensorEvent = {
  sensor_id: 'say "hi",\r\n',
  ts: 1484535480.613,
  val: "a\nb",
  topic: "lab/1,5",
  device_ts: 624.25,
  qos: 1,
  retain: false,
};

/** The events of a recording, as an export reads them. */
async function eventsOf(folder: Folder, name: string): Promise<SensorEvent[]> {
  await exportRecordings([folder.path(name)], folder.path("out.jsonl"));
  const text = await folder.read("out.jsonl");
  await Deno.remove(folder.path("out.jsonl"));
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("A CSV has the columns that were chosen, in their order", async () => {
  await using folder = await makeFolder();
  const columns: CsvColumn[] = [
    ...["retain", "qos", "device_time", "topic", "value"] as const,
    ...["sensor_id", "datetime", "timestamp"] as const,
  ];
  const format = csvFormat({ columns });
  await csv(folder.path("a.csv"), { format })(flow([EVENT, FULL]));
  assert.equal(
    await folder.read("a.csv"),
    "retain,qos,device_time,topic,value,sensor_id,datetime,timestamp\r\n" +
      ",,,,371.6063,lux-1,2017-01-16T02:58:00.613Z,1484535480.613\r\n" +
      'false,1,624.25,"lab/1,5","a\nb","say ""hi"",\r\n",' +
      "2017-01-16T02:58:00.613Z,1484535480.613\r\n",
  );
  assert.deepEqual(await eventsOf(folder, "a.csv"), [EVENT, FULL]);
});

Deno.test("A file goes on with the columns of its own header, and says so", async () => {
  await using folder = await makeFolder();
  const path = folder.path("a.csv");
  const logged: string[] = [];
  const log = (text: string) => logged.push(text);
  const own = "value,sensor_id,datetime\r\n";
  await Deno.writeTextFile(path, own);
  await csv(path, { log })(flow([EVENT]));
  const format = csvFormat({ columns: CSV_COLUMNS });
  await csv(path, { log, format })(flow([EVENT]));
  const row = "371.6063,lux-1,2017-01-16T02:58:00.613Z\r\n";
  assert.equal(await folder.read("a.csv"), own + row + row);
  assert.equal(logged.length, 2);
  assert.match(
    logged[0],
    /a\.csv has the columns value,sensor_id,datetime, and keeps them\.$/,
  );
  // Replaced, it gets those that were chosen.
  await csv(path, { log, overwrite: true })(flow([EVENT]));
  assert.equal(await folder.read("a.csv"), HEADER + ROW);
  assert.equal(await isRecording(path), true);
});

Deno.test("A header that no recording can have is refused", async () => {
  await using folder = await makeFolder();
  const path = folder.path("a.csv");
  for (
    const header of [
      "timestamp,sensor_id",
      "timestamp,sensor_id,value,value",
      "timestamp,sensor_id,value,unit",
      "sensor_id,value",
    ]
  ) {
    const columns = header.split(",") as CsvColumn[];
    assert.throws(() => csvFormat({ columns }), WeirError);
    await Deno.writeTextFile(path, `${header}\r\n`);
    await assert.rejects(
      csv(path)(flow([EVENT])),
      (error) =>
        error instanceof WeirError && error.code === "ERR_WEIR_FILE_HEADER",
    );
    assert.equal(await isRecording(path), false);
  }
});

Deno.test("If other columns are saved while it is recorded to, a recording goes on in another file", async () => {
  await using folder = await makeFolder();
  const path = folder.path("a.csv");
  const other = "value,sensor_id,timestamp\r\n";
  const saved = (async function* () {
    yield [EVENT];
    await Deno.writeTextFile(path, other);
    yield [EVENT];
  })();
  const { movedTo } = await csv(path, { log: () => {} })(saved);
  assert.equal(await folder.read("a.csv"), other);
  assert.equal(await Deno.readTextFile(movedTo!), HEADER + ROW);
});

Deno.test("A check reads any columns, and says what is wrong in them", async () => {
  await using folder = await makeFolder();
  const path = folder.path("a.csv");
  const format = csvFormat({ columns: CSV_COLUMNS });
  const good = format.rows([FULL]);
  const start = "1484535480.613,2017-01-16T02:58:00.613Z,";
  await Deno.writeTextFile(
    path,
    format.header + good +
      `${start}t,a,1,soon,0,true\r\n` +
      `${start}t,a,1,,3,true\r\n` +
      `${start}t,a,1,,0,yes\r\n` +
      `${start}t,a,1\r\n` +
      // A quote that was lost takes no other row with it.
      `${start}t,"a,1,,0,true\r\n` +
      good.replace("480.613", "481.613").replace("00.613Z", "01.613Z"),
  );
  const found: string[] = [];
  const { rows } = await checkRecording(path, {
    onProblem: ({ text }) => found.push(text),
  });
  assert.equal(rows, 2);
  assert.deepEqual(found, [
    "the device_time is no number",
    "the qos is not 0, 1 or 2",
    "the retain is not true or false",
    "5 cells, not 8",
    "a quote that is never closed",
  ]);
});

Deno.test("A torn row is moved away, whatever the columns", async () => {
  const columns: CsvColumn[] = ["sensor_id", "topic", "value", "datetime"];
  const format = csvFormat({ columns });
  const row = format.rows([FULL]);
  for (let length = 1; length < row.length; length += 5) {
    await using folder = await makeFolder();
    const path = folder.path("a.csv");
    const torn = row.slice(0, length);
    await Deno.writeTextFile(path, format.header + row + torn);
    await csv(path, { log: () => {} })(flow([FULL]));
    assert.equal(await folder.read("a.csv"), format.header + row + row);
    assert.equal(await folder.read("a.csv.torn"), torn);
  }
});

Deno.test("Safe cells defuse topics too", () => {
  const { rows } = csvFormat({ safeCells: true, columns: CSV_COLUMNS });
  assert.match(rows([{ ...EVENT, topic: "=1+1" }]), /Z,'=1\+1,lux-1,/);
});

Deno.test("rows of one second are read like each by itself: a wrong datetime is found", () => {
  const { read } = csvFormat();
  const row = (timestamp: string, datetime: string) =>
    read(`${timestamp},${datetime},lux-1,1\r\n`);
  const second = "2017-01-16T02:58:00";
  assert.equal(row("1484535480.000", `${second}.000Z`).row?.ts, 1484535480);
  for (let ms = 0; ms < 1000; ms++) {
    const digits = `${ms}`.padStart(3, "0");
    const { row: read } = row(`1484535480.${digits}`, `${second}.${digits}Z`);
    assert.equal(read?.ts, Number(`1484535480.${digits}`));
  }
  for (
    const [timestamp, datetime] of [
      ["1484535480.613", `${second}.614Z`],
      ["1484535480.613", `${second}.613`],
      ["1484535480.613", `${second}. 13Z`],
      ["1484535480.6:3", `${second}.6:3Z`],
      ["1484535481.613", `${second}.613Z`],
    ]
  ) assert.ok(row(timestamp, datetime).fault, `${timestamp} ${datetime}`);
});
