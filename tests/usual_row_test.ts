import assert from "node:assert/strict";
import { csvFormat } from "../pipeline/mod.ts";
import { readUsualRow } from "../pipeline/recording/formats/usual_row.ts";

const { rows: write } = csvFormat();

/** What a row says, read slowly; nothing if it is not a usual one. */
function readSlowly(line: string) {
  const cells = /^([^",\r]*),([^",\r]*),([^",\r]*),([^",\r]*)\r\n$/.exec(line);
  if (!cells) return undefined;
  const [, timestamp, datetime, sensor_id, value] = cells;
  const ms = Math.round(Number(timestamp) * 1000);
  const same = /^\d{10}\.\d{3}$/.test(timestamp) &&
    ms < 8.64e15 && new Date(ms).toISOString() === datetime;
  return same ? { ts: Number(timestamp), sensor_id, value } : undefined;
}

/** Reads a line in the middle of a text, as a file's rows are read. */
function readAmongOthers(line: string) {
  const before = "1484535480.613,2017-01-16T02:58:00.613Z,lux-1,1\r\n";
  const start = before.length;
  return readUsualRow(before + line + before, start, start + line.length);
}

Deno.test("a usual row says what it says when it is read slowly", () => {
  const times = [
    ...[1_000_000_000, 1484535480.613, 1709251199.999, 1709251200, 1.7e9],
    ...[1735689599.999, 1735689600.001, 9_999_999_999.999],
  ];
  for (const ts of times) {
    for (const sensor_id of ["lux-1", "a", "", "attic/temperature"]) {
      const line = write([{ sensor_id, ts, val: 371.6063 }]);
      const row = readAmongOthers(line);
      assert.deepEqual(row, { ts, sensor_id, value: "371.6063" }, line);
      assert.deepEqual(row, readSlowly(line));
    }
  }
});

Deno.test("a row with any character changed, lost or added is read as before, or not as a usual one", () => {
  const good = "1709164799.999,2024-02-28T23:59:59.999Z,lux-1,371.6063\r\n";
  const characters = [..."0123456789.,:-TZ \r+", "\0", "e"];
  for (let at = 0; at < good.length - 1; at++) {
    const [before, after] = [good.slice(0, at), good.slice(at + 1)];
    const lines = [
      before + after,
      ...characters.map((character) => before + character + after),
      ...characters.map((character) => before + character + good.slice(at)),
    ];
    for (const line of lines) {
      assert.deepEqual(
        readAmongOthers(line),
        readSlowly(line),
        JSON.stringify(line),
      );
    }
  }
});

Deno.test("a datetime of a day that no calendar has is not a usual one", () => {
  for (const day of ["2023-02-29", "2023-02-30", "2023-04-31", "2023-13-01"]) {
    const ms = Date.parse(`${day}T00:00:00.000Z`);
    const seconds = Number.isNaN(ms) ? 1677628800 : ms / 1000;
    const line = `${seconds}.000,${day}T00:00:00.000Z,lux-1,1\r\n`;
    assert.equal(readAmongOthers(line), undefined, line);
  }
});
