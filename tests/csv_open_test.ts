import assert from "node:assert/strict";
import { csv, WeirError } from "../pipeline/mod.ts";
import { EVENT, flow, HEADER, record, ROW } from "./helpers/csv_rows.ts";
import { makeFolder } from "./helpers/folder.ts";
import { run } from "./helpers/run.ts";

Deno.test("csv() refuses a file with another header and leaves it alone", async () => {
  for (
    const other of [
      "time,value\r\n1,2\r\n",
      "timestamp,datetime,sensor_id\r\n",
      "\0\x01\x02 a photo, say",
      '"never closed\r\n',
    ]
  ) {
    await using folder = await makeFolder();
    await Deno.writeTextFile(folder.path("test.csv"), other);
    await assert.rejects(record(folder, [EVENT]), (error) => {
      assert.ok(error instanceof WeirError);
      assert.match(error.message, /has another header than timestamp,/);
      assert.equal(error.code, "ERR_WEIR_FILE_HEADER");
      assert.equal(error.facts.help, "overwrite");
      return true;
    });
    assert.equal(await folder.read("test.csv"), other);
  }
});

Deno.test("csv() moves a torn last row to FILE.torn, wherever it was torn", async () => {
  const row = '1484535480.613,2017-01-16T02:58:00.613Z,"a ""b"",\r\nc",1\r\n';
  for (let length = 1; length < row.length; length++) {
    await using folder = await makeFolder();
    const torn = row.slice(0, length);
    await Deno.writeTextFile(folder.path("test.csv"), HEADER + ROW + torn);
    const [logged] = await record(folder, [EVENT]);
    assert.match(
      logged,
      /ended in a torn row: moved its \d+ bytes to .*\.torn$/,
    );
    assert.equal(await folder.read("test.csv"), HEADER + ROW + ROW);
    assert.equal(await folder.read("test.csv.torn"), torn);
  }
});

Deno.test("csv() finds the last whole row before a torn one of megabytes", async () => {
  for (const quote of ["", '"']) {
    await using folder = await makeFolder();
    const whole = `1.000,1970-01-01T00:00:01.000Z,${quote}a${quote},1\r\n`;
    const torn = "1.000,1970-01-01T00:00:01.000Z,a," + "x".repeat(2_500_000);
    await Deno.writeTextFile(folder.path("test.csv"), HEADER + whole + torn);
    await record(folder, [EVENT]);
    assert.equal(await folder.read("test.csv"), HEADER + whole + ROW);
    assert.equal(await folder.read("test.csv.torn"), torn);
  }
});

Deno.test("csv() writes its header anew where a crash tore it", async () => {
  for (const length of [1, 12, HEADER.length - 1]) {
    await using folder = await makeFolder();
    const torn = HEADER.slice(0, length);
    await Deno.writeTextFile(folder.path("test.csv"), torn);
    await record(folder, [EVENT]);
    assert.equal(await folder.read("test.csv"), HEADER + ROW);
    assert.equal(await folder.read("test.csv.torn"), torn);
  }
});

Deno.test("csv() keeps what FILE.torn held before", async () => {
  await using folder = await makeFolder();
  for (const torn of ["1484", "1485"]) {
    await Deno.writeTextFile(folder.path("test.csv"), HEADER + torn);
    await record(folder, []);
  }
  assert.equal(await folder.read("test.csv.torn"), "14841485");
});

Deno.test("csv() does not cut rows away behind a stray quote", async () => {
  await using folder = await makeFolder();
  const edited = HEADER + '1.000,,"lux-1,2\r\n' + ROW + ROW;
  await Deno.writeTextFile(folder.path("test.csv"), edited);
  await assert.rejects(record(folder, [EVENT]), /a quote that is never closed/);
  assert.equal(await folder.read("test.csv"), edited);
});

Deno.test("csv() does not read what follows a stray quote into memory", async () => {
  await using folder = await makeFolder();
  const text = HEADER + '1.000,"' + "x".repeat(17 * 1_048_576);
  await Deno.writeTextFile(folder.path("test.csv"), text);
  await assert.rejects(record(folder, [EVENT]), /a quote that is never closed/);
  assert.equal((await Deno.stat(folder.path("test.csv"))).size, text.length);
});

Deno.test("csv() finds the last whole row of a file larger than it reads at once", async () => {
  await using folder = await makeFolder();
  const rows = (HEADER + ROW.repeat(60_000)).slice(0, -5);
  await Deno.writeTextFile(folder.path("test.csv"), rows);
  await record(folder, [EVENT]);
  const text = await folder.read("test.csv");
  assert.equal(text, HEADER + ROW.repeat(60_000));
});

Deno.test("csv() refuses a file that another recorder has open", async () => {
  await using folder = await makeFolder();
  await csv(folder.path("test.csv"))((async function* () {
    yield [EVENT];
    await assert.rejects(
      csv(folder.path("test.csv"), { overwrite: true })(flow([EVENT])),
      /is being recorded by another weir/,
    );
  })());
  assert.equal(await folder.read("test.csv"), HEADER + ROW);
});

Deno.test("csv() names the cause where it cannot open the file", async () => {
  await using folder = await makeFolder();
  await assert.rejects(
    csv(folder.path("no/test.csv"))(flow()),
    /its folder does not exist/,
  );
  await assert.rejects(csv(folder.path("."))(flow()), /it is a folder/);
});

Deno.test("csv() refuses what is no regular file", async () => {
  await using folder = await makeFolder();
  await run("mkfifo", [folder.path("fifo")]);
  for (const path of [folder.path("fifo"), "/dev/full", "/dev/zero"]) {
    for (const overwrite of [false, true]) {
      await assert.rejects(
        csv(path, { overwrite })(flow([EVENT])),
        (error) =>
          error instanceof WeirError &&
          /Cannot write .*: it is not a regular file\./.test(error.message) &&
          error.facts.help === "regular-file",
      );
    }
  }
});

/** Runs an act; how many bytes were read from files in it. */
async function bytesRead(act: () => Promise<unknown>): Promise<number> {
  const { read } = Deno.FsFile.prototype;
  let total = 0;
  Deno.FsFile.prototype.read = async function (buffer) {
    const bytes = await read.call(this, buffer);
    total += bytes ?? 0;
    return bytes;
  };
  try {
    await act();
  } finally {
    Deno.FsFile.prototype.read = read;
  }
  return total;
}

const MiB = 1_048_576;

Deno.test("csv() looks at the last 16 MiB of a file only, unless its quotes could be read in two ways", async () => {
  await using folder = await makeFolder();
  const path = folder.path("test.csv");
  const quoted = ROW.replace("lux-1", '"two\r\nlines"');
  const many = ROW.repeat(Math.ceil(17 * MiB / ROW.length));
  for (
    const [rows, torn, most] of [
      [quoted + many, "", 17 * MiB],
      [quoted + many, ROW.slice(0, -1), 17 * MiB],
      // Its line break is no row's end, wherever a piece of the file ends.
      [many + quoted, quoted.slice(0, -1), 18 * MiB],
      [many + many + quoted, quoted.slice(0, -9), 18 * MiB],
      [many + many + quoted + ROW, "1.0", 18 * MiB],
      // Its quotes could be those of an empty cell, or of a mark in a cell.
      [many + ROW.replace("lux-1", '""'), ROW.slice(0, -1), 60 * MiB],
    ] as const
  ) {
    await Deno.writeTextFile(path, HEADER + rows + torn);
    assert.ok(await bytesRead(() => record(folder, [])) < most);
    const { size } = await Deno.stat(path);
    assert.equal(size, HEADER.length + rows.length);
  }
});

Deno.test("csv() reads no more than the beginning of a file with another header", async () => {
  await using folder = await makeFolder();
  await Deno.writeTextFile(folder.path("test.csv"), "time,value\r\n");
  await Deno.truncate(folder.path("test.csv"), 64 * MiB);
  const total = await bytesRead(() =>
    assert.rejects(record(folder, [EVENT]), /another header/)
  );
  assert.ok(total < 10_000, `${total}`);
});
