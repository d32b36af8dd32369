import assert from "node:assert/strict";
import { broker, publish } from "../../pipeline/mod.ts";
import { makeFolder } from "../helpers/folder.ts";
import { readLines } from "../helpers/lines.ts";
import { diskTest } from "../helpers/needs.ts";
import { mountSmallDisk } from "../helpers/small_disk.ts";
import { untilFile } from "../helpers/until.ts";
import { MAIN, weir } from "../helpers/weir.ts";

Deno.test("record tells a reject once for its topic and reason, again at ten times as many, and all by their number", async () => {
  await using local = await broker({ port: 0 });
  await using folder = await makeFolder();
  const file = folder.path("x.csv");
  await using recording = weir(["record", "stat/x", file, "-b", local.url]);
  await recording.stderr.match(/^Connected/);
  await publish(local.url, "stat/x", ["{ON", ...Array(11).fill("\x1b[2J")]);
  assert.equal(
    await recording.stderr.match(/^Rejected a message/),
    `Rejected a message on stat/x: not JSON: unexpected "O" at 1: {ON. Kept in ${file}.rejects.jsonl`,
  );
  await publish(local.url, "stat/x", ["1"]);
  await recording.stdout.count(1);
  recording.kill("SIGINT");
  assert.equal(await recording.code, 0);
  const text = recording.stderr.text();
  assert.deepEqual(
    text.match(/^Rejected .*(?=\. Kept in)/gm)?.slice(1),
    ["a message", "10 messages"].map((what) =>
      `Rejected ${what} on stat/x: not JSON, and text with a control character: "\\u001b" at 0: \\x1b[2J`
    ),
  );
  assert.match(
    text,
    /\nRecorded 1 event from 1 sensor to \S+ in \S+ s \(12 rejected\)\n/,
  );
  const kept = await folder.read("x.csv.rejects.jsonl");
  assert.equal(kept.split("\n").length, 13);
});

/** weir with its output where the shell puts it: `> /dev/full`. */
const redirected = (redirection: string, args: string[]) =>
  weir(args, {
    starter: ["sh", "-c", `exec "$0" "$@" ${redirection}`],
  });

for (const durable of [[], ["--durable", "lab"]]) {
  diskTest(
    `${
      ["record", ...durable].join(" ")
    } goes on while the disk of its log is full, and counts the lines that are missing there`,
    async () => {
      await using local = await broker({ port: 0 });
      await using folder = await makeFolder();
      await using disk = await mountSmallDisk(64);
      const [file, log] = [folder.path("x.csv"), disk.path("weir.log")];
      await publish(local.url, "x", ["1"], { retain: true, qos: 1 });
      await disk.fill();
      await using recording = redirected(`>> ${log} 2>&1`, [
        ...["record", "x", file, "-b", local.url, "--quiet", "--retained"],
        ...["--stats", "0.1s", ...durable],
      ]);
      await untilFile(file, /,x,1\r\n$/);
      await disk.free();
      await untilFile(log, /\n\(\d+ lines? (is|are) missing here\)\nAfter/);
      await publish(local.url, "x", ["2"], { qos: 1 });
      await untilFile(file, /,x,2\r\n$/);
      recording.kill("SIGINT");
      assert.equal(await recording.code, 0);
      assert.match(await Deno.readTextFile(log), /\nRecorded 2 events/);
    },
  );
}

Deno.test({
  name: "check counts what stdout does not take, and its exit code stands",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using folder = await makeFolder();
    const file = folder.path("x.csv");
    const header = "timestamp,datetime,sensor_id,value\r\n";
    await Deno.writeTextFile(file, `${header}a\r\nb\r\n`);
    await using full = redirected("> /dev/full", ["check", file]);
    assert.equal(await full.code, 1);
    assert.equal(
      full.stderr.text().replaceAll(file, "x.csv"),
      "x.csv: 2 problems in 0 rows: 2 broken rows. --repair writes a copy without the 2 lines that are no rows of their own.\n" +
        "2 lines could not be printed: No space left on device (os error 28)\n",
    );
    await using head = redirected("| true", ["check", file]);
    assert.equal(await head.code, 0);
    assert.doesNotMatch(head.stderr.text(), /printed/);
    await using script = redirected("> /dev/full", ["completions", "bash"]);
    assert.equal(await script.code, 1);
    assert.match(script.stderr.text(), /^1 line could not be printed: .*\n$/);
    await Deno.writeTextFile(file, header);
    await using unheard = redirected("2> /dev/full", ["check", file]);
    assert.equal(await unheard.code, 0);
  },
});

for (const print of [[], ["--print", "json"]]) {
  const sub = ["sub", ...print].join(" ");

  diskTest(
    `${sub} leaves out and counts lines while the disk of stdout is full, and ends with 1`,
    async () => {
      await using local = await broker({ port: 0 });
      await using disk = await mountSmallDisk(64);
      const file = disk.path("out");
      await Deno.writeTextFile(file, "");
      await disk.fill();
      await using subscribed = redirected(`> ${file}`, [
        ...["sub", "x", "-b", local.url, "--count", "4", ...print],
      ]);
      await subscribed.stderr.match(/^Connected/);
      await publish(local.url, "x", ["1", "2"]);
      await subscribed.stderr.match(
        /^Nothing more is printed: No space left on device .*\. Lines are counted until there is room\.$/,
      );
      await disk.free();
      await publish(local.url, "x", ["3"]);
      await untilFile(file, /3.*\n$/);
      await publish(local.url, "x", ["4"]);
      assert.equal(await subscribed.code, 1);
      const [, missing] = /\n(\d) lines? could not be printed: No space/
        .exec(subscribed.stderr.text())!;
      const lines = (await Deno.readTextFile(file)).trimEnd().split("\n");
      assert.equal(lines.length + Number(missing), 4);
      assert.match(lines.at(-1)!, /4/);
    },
  );

  Deno.test({
    name: `${sub} goes on if stderr takes nothing`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      await using local = await broker({ port: 0 });
      await publish(local.url, "x", ["1"], { retain: true, qos: 1 });
      await using subscribed = redirected("2> /dev/full", [
        ...["sub", "x", "-b", local.url, "--count", "1", ...print],
      ]);
      assert.equal(await subscribed.code, 0);
      assert.match(subscribed.stdout.text(), /1.*\n$/);
    },
  });
}

diskTest(
  "record prints again once the disk of stdout has room, and its recording is whole",
  async () => {
    await using local = await broker({ port: 0 });
    await using folder = await makeFolder();
    await using disk = await mountSmallDisk(64);
    const [file, out] = [folder.path("x.csv"), disk.path("out")];
    await Deno.writeTextFile(out, "");
    await disk.fill();
    await using recording = redirected(`> ${out}`, [
      ...["record", "x", file, "-b", local.url, "--count", "3"],
    ]);
    await recording.stderr.match(/^Connected/);
    await publish(local.url, "x", ["1"]);
    await recording.stderr.match(/^Nothing more is printed: No space left/);
    await disk.free();
    await publish(local.url, "x", ["2", "3"]);
    assert.equal(await recording.code, 0);
    assert.match(await Deno.readTextFile(out), /val=2\)\n.*val=3\)\n$/);
    assert.match(
      recording.stderr.text(),
      /\n1 line could not be printed: No space left on device/,
    );
    assert.match(await folder.read("x.csv"), /,1\r\n.*,2\r\n.*,3\r\n$/);
  },
);

for (const command of ["record", "sub"]) {
  Deno.test(`the first SIGINT ends ${command}, also where nobody reads what it prints`, async () => {
    await using local = await broker({ port: 0 });
    await using folder = await makeFolder();
    const files = command === "record" ? [folder.path("x.csv")] : [];
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-q", "-A", MAIN, command, "x", ...files, "-b", local.url],
      ],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const stderr = readLines(child.stderr);
    await stderr.match(/^Connected/);
    // Longer than a pipe holds.
    const long = JSON.stringify(["x", 0, "x".repeat(900_000)]);
    await publish(local.url, "x", [long, '["y", 0, 1]']);
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill("SIGINT");
    assert.equal((await child.status).code, 0);
    await reader.cancel();
    await stderr.ended;
    if (command === "sub") return;
    assert.match(stderr.text(), /\nRecorded \d events? from /);
    const [, first] = (await folder.read("x.csv")).split("\r\n");
    assert.ok(first.length > 900_000);
  });
}

Deno.test("sub --print prints the events of several topics, and ends after --duration", async () => {
  await using local = await broker({ port: 0 });
  const args = ["sub", "a", "-t", "b/+", "-b", local.url];
  await using json = weir([...args, "--print", "json", "--count", "2"]);
  await using csv = weir([...args, "--print", "csv", "--duration", "0.1s"]);
  await json.stderr.match(/^Connected/);
  await publish(local.url, "a", ["{ON", '["lux-1", 0, 2]']);
  await publish(local.url, "b/x", ['{"t": 1.5}']);
  assert.equal(await json.code, 0);
  assert.deepEqual(
    json.stdout.text().trim().split("\n").map((line) => {
      const { sensor_id, val } = JSON.parse(line);
      return [sensor_id, val];
    }),
    [["lux-1", 2], ["b/x/t", 1.5]],
  );
  assert.match(
    json.stderr.text(),
    /\nRejected a message on a: not JSON: unexpected "O" at 1: \{ON\n/,
  );
  assert.equal(await csv.code, 0);
  assert.match(csv.stdout.text(), /^timestamp,datetime,sensor_id,value\r\n/);
});
