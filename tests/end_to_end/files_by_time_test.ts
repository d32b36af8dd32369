import assert from "node:assert/strict";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { weir } from "../helpers/weir.ts";

mosquittoTest(
  "a file a second loses nothing, doubles nothing, and checks as a set",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const { url } = mosquitto;
    await using recording = weir(
      ["record", "lab", "days/x-%S.csv", "--quiet", "-b", url, "-q", "1"],
      { cwd: folder.path("") },
    );
    await recording.stderr.match(/^Connected/);
    const total = 12_000;
    const size = 3000;
    for (let from = 0; from < total; from += size) {
      const lines = Array.from(
        { length: size },
        (_, n) => `["a",1,${from + n}]`,
      );
      const second = Math.floor(Date.now() / 1000);
      await mosquitto.publishLines("lab", lines, "-q", "1");
      // The next ones are of another second.
      while (Math.floor(Date.now() / 1000) === second) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    recording.kill("SIGINT");
    assert.equal(await recording.code, 0, recording.stderr.text());
    assert.match(
      recording.stderr.text(),
      /Recorded 12,000 events from 1 sensor to \d files \(days\/x-\d\d\.csv to days\/x-\d\d\.csv\) in /,
    );

    const names = (await Array.fromAsync(Deno.readDir(folder.path("days"))))
      .map(({ name }) => name);
    assert.ok(names.length > 2, `${names}`);
    const values = new Set<number>();
    for (const name of names) {
      const [, second] = /^x-(\d\d)\.csv$/.exec(name)!;
      const rows = (await folder.read(`days/${name}`)).split("\r\n").slice(
        1,
        -1,
      );
      for (const row of rows) {
        const [, datetime, , value] = row.split(",");
        assert.equal(datetime.slice(17, 19), second, row);
        assert.ok(!values.has(Number(value)), `${value} is there twice`);
        values.add(Number(value));
      }
    }
    assert.equal(values.size, total);

    await using check = weir(["check", "days/x-*.csv"], {
      cwd: folder.path(""),
    });
    await check.code;
    const files = check.stderr.text().match(/^days\/x-\d\d\.csv/gm);
    assert.equal(files?.length, names.length, check.stderr.text());
  },
);

for (
  const [args, message] of [
    [["--overwrite"], /--overwrite does not go with a pattern for files/],
    [["--max-size", "0B"], /--max-size is at least 1B/],
  ] as const
) {
  Deno.test(`a pattern for files does not go with ${args.join(" ")}`, async () => {
    await using run = weir(["record", "a", "x-%d.csv", ...args]);
    assert.equal(await run.code, 2);
    assert.match(run.stderr.text(), message);
  });
}

for (const file of ["lab.csv", "{sensor_id}.csv"]) {
  Deno.test(`--gzip is refused for ${file}, which is never closed for good`, async () => {
    await using run = weir(["record", "a", file, "--gzip"]);
    assert.equal(await run.code, 2);
    assert.match(
      run.stderr.text(),
      /Give a pattern with a time, such as .* or --max-size/,
    );
  });
}
