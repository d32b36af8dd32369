import assert from "node:assert/strict";
import { cellsOf } from "../helpers/csv_rows.ts";
import { logged, logging } from "../helpers/broker_log.ts";
import { type Folder, makeFolder } from "../helpers/folder.ts";
import { type Mosquitto, startMosquitto } from "../helpers/mosquitto.ts";
import { diskTest, mosquittoTest } from "../helpers/needs.ts";
import { run } from "../helpers/run.ts";
import { mountSmallDisk, type SmallDisk } from "../helpers/small_disk.ts";
import { untilFile } from "../helpers/until.ts";
import { weir } from "../helpers/weir.ts";

const record = (mosquitto: Mosquitto, file: string, ...args: string[]) =>
  weir([
    ...["record", "t", file, "--broker", mosquitto.url],
    ...["--durable", "lab", ...args],
  ]);

const send = (mosquitto: Mosquitto, message: string) =>
  mosquitto.publish("-t", "t", "-m", message, "-q", "1");

/** Root, without the right to write where it may not. */
const LESS_THAN_ROOT = ["setpriv", "--bounding-set=-dac_override"];

diskTest(
  "a full disk is waited for, nothing is acknowledged meanwhile, and all is recorded after that",
  async () => {
    await using mosquitto = await startMosquitto(logging);
    await using disk = await mountSmallDisk(256);
    const file = disk.path("test.csv");
    await using recording = record(mosquitto, file);
    await recording.stderr.match(/^Connected/);
    await send(mosquitto, "1");
    await logged(mosquitto.folder, /Received PUBACK from lab/, 1);
    await disk.fill();
    const long = `"${"x".repeat(8000)}"`;
    for (const message of [long, "2", "3"]) await send(mosquitto, message);
    await recording.stderr.match(
      /^Cannot write .*: no space left on the disk\. Trying again …$/,
    );
    await logged(mosquitto.folder, /Sending PUBLISH to lab/, 4);
    const acknowledged = await logged(mosquitto.folder, /PUBACK from lab/, 1);
    assert.equal(acknowledged.length, 1);

    await disk.free();
    await recording.stderr.match(/^Writing again\.$/);
    await logged(mosquitto.folder, /Received PUBACK from lab/, 4);
    recording.kill("SIGINT");
    assert.equal(await recording.code, 0);
    assert.deepEqual(
      cellsOf(await Deno.readTextFile(file)),
      ["1", JSON.parse(long), "2", "3"],
    );
  },
  { declare: mosquittoTest },
);

diskTest(
  "--give-up ends with code 1 and says how many rows are safe; the next start goes on",
  async () => {
    await using mosquitto = await startMosquitto(logging);
    await using disk = await mountSmallDisk(256);
    const file = disk.path("test.csv");
    await using recording = record(mosquitto, file, "--give-up", "1s");
    await recording.stderr.match(/^Connected/);
    await send(mosquitto, "1");
    await logged(mosquitto.folder, /Received PUBACK from lab/, 1);
    await disk.fill();
    const long = `"${"x".repeat(8000)}"`;
    await send(mosquitto, long);
    assert.equal(await recording.code, 1);
    assert.match(
      recording.stderr.text(),
      /no space left on the disk\. Gave up\. 1 rows? of this recording (is|are) safe/,
    );

    await disk.free();
    await using again = record(mosquitto, file);
    await logged(mosquitto.folder, /Received PUBACK from lab/, 2);
    again.kill("SIGINT");
    assert.equal(await again.code, 0);
    assert.deepEqual(cellsOf(await Deno.readTextFile(file)), [
      "1",
      JSON.parse(long),
    ]);
  },
  { declare: mosquittoTest },
);

diskTest(
  "a disk that is full at the start is waited for, and --give-up ends that, too",
  async () => {
    await using mosquitto = await startMosquitto(logging);
    await using disk = await mountSmallDisk(256);
    const file = disk.path("test.csv");
    await disk.fill();
    await using given = record(mosquitto, file, "--give-up", "1s");
    assert.equal(await given.code, 1);
    assert.match(
      given.stderr.text(),
      /no space left on the disk\. Gave up\. 0 rows of this recording are safe/,
    );
    await using recording = record(mosquitto, file);
    await recording.stderr.match(/no space left on the disk\. Trying again …$/);
    await disk.free();
    await recording.stderr.match(/^Writing again\.$/);
    await recording.stderr.match(/^Connected/);
    await send(mosquitto, "1");
    await logged(mosquitto.folder, /Received PUBACK from lab/, 1);
    recording.kill("SIGINT");
    assert.equal(await recording.code, 0);
    assert.deepEqual(cellsOf(await Deno.readTextFile(file)), ["1"]);
  },
  { declare: mosquittoTest },
);

diskTest(
  "without --durable readings wait for a full disk, and are written when there is room",
  async () => {
    await using mosquitto = await startMosquitto();
    await using disk = await mountSmallDisk(256);
    const file = disk.path("test.csv");
    await using recording = weir([
      ...["record", "t", file, "--broker", mosquitto.url],
    ]);
    await recording.stderr.match(/^Connected/);
    await send(mosquitto, "1");
    await recording.stdout.count(1);
    await disk.fill();
    const long = `"${"x".repeat(8000)}"`;
    for (const message of [long, "2", "3"]) await send(mosquitto, message);
    await recording.stderr.match(
      /^Cannot write .*: no space left on the disk\. Trying again …$/,
    );
    await recording.stdout.count(4);
    await disk.free();
    await recording.stderr.match(
      /^Writing .*test\.csv again: \d readings? that waited are in it$/,
    );
    recording.kill("SIGINT");
    assert.equal(await recording.code, 0);
    assert.deepEqual(
      cellsOf(await Deno.readTextFile(file)),
      ["1", JSON.parse(long), "2", "3"],
    );
  },
  { declare: mosquittoTest },
);

diskTest(
  "without --durable, too, --give-up ends with code 1 and says how many rows are safe",
  async () => {
    await using mosquitto = await startMosquitto();
    await using disk = await mountSmallDisk(256);
    const file = disk.path("test.csv");
    await using recording = weir([
      ...["record", "t", file, "--broker", mosquitto.url],
      ...["--give-up", "1s"],
    ]);
    await recording.stderr.match(/^Connected/);
    await send(mosquitto, "1");
    await recording.stdout.count(1);
    await disk.fill();
    await send(mosquitto, `"${"x".repeat(8000)}"`);
    assert.equal(await recording.code, 1);
    assert.match(
      recording.stderr.text(),
      /no space left on the disk\. Gave up\. 1 row of this recording is safe\. 1 that came after it could not be written\./,
    );
    assert.deepEqual(cellsOf(await Deno.readTextFile(file)), ["1"]);
  },
  { declare: mosquittoTest },
);

const CHANGES = [
  ["deleted", (file: string) => Deno.remove(file), ["2"], ["1"]],
  [
    "replaced",
    async (file: string) => {
      const text = await Deno.readTextFile(file);
      await Deno.writeTextFile(`${file}.tmp`, text.replace(/,1\r/, ",9\r"));
      await Deno.rename(`${file}.tmp`, file);
    },
    ["9", "2"],
    ["1"],
  ],
  [
    "added to",
    (file: string) =>
      Deno.writeTextFile(file, "0.000,,a note,7\r\n", { append: true }),
    ["1", "7", "2"],
    undefined,
  ],
] as const;

for (const [what, change, here, apart] of CHANGES) {
  mosquittoTest(
    `record notices a file that is ${what}, and goes on at its end`,
    async () => {
      await using mosquitto = await startMosquitto();
      await using folder: Folder = await makeFolder();
      const file = folder.path("test.csv");
      await using recording = weir([
        ...["record", "t", file, "--broker", mosquitto.url],
      ]);
      await recording.stderr.match(/^Connected/);
      await send(mosquitto, "1");
      await untilFile(file, /,1\r\n$/);
      await change(file);
      await send(mosquitto, "2");
      await recording.stderr.match(/test\.csv was deleted, replaced or edited/);
      recording.kill("SIGINT");
      assert.equal(await recording.code, 0);
      assert.deepEqual(cellsOf(await folder.read("test.csv")), [...here]);
    },
  );

  mosquittoTest(
    `a file that is ${what} while it is recorded to is noticed, and no row is lost`,
    async () => {
      await using mosquitto = await startMosquitto();
      await using folder: Folder = await makeFolder();
      const file = folder.path("test.csv");
      await using recording = record(mosquitto, file);
      await recording.stderr.match(/^Connected/);
      await send(mosquitto, "1");
      await recording.stdout.count(1);
      // Before the next checkpoint: after it what was written is the owner's.
      await untilFile(file, /,1\r\n$/);
      await change(file);
      await send(mosquitto, "2");
      await recording.stderr.match(/test\.csv was deleted, replaced or edited/);
      recording.kill("SIGINT");
      assert.equal(await recording.code, 0);
      assert.deepEqual(cellsOf(await folder.read("test.csv")), [...here]);
      if (apart) {
        const recovered = cellsOf(await folder.read("test.csv.recovered"));
        assert.equal(recovered[0], apart[0]);
        assert.equal(await mode(`${file}.recovered`), "600");
      }
    },
  );
}

for (const durable of [[], ["--durable", "lab"]]) {
  const how = ["record", ...durable].join(" ");

  Deno.test(`${how} tells of a folder that is not there`, async () => {
    await using folder = await makeFolder();
    await using recording = weir([
      ...["record", "t", folder.path("none/test.csv"), ...durable],
    ]);
    assert.equal(await recording.code, 1);
    assert.match(recording.stderr.text(), /its folder does not exist/);
  });

  Deno.test({
    name: `${how} tells of a folder that it may not write to, and leaves it`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      await using folder = await makeFolder();
      await Deno.mkdir(folder.path("data"), { mode: 0o555 });
      const file = folder.path("data/test.csv");
      await using recording = weir(["record", "t", file, ...durable], {
        starter: Deno.uid() === 0 ? LESS_THAN_ROOT : [],
      });
      assert.equal(await recording.code, 1);
      assert.match(
        recording.stderr.text(),
        /^Cannot write .*: permission denied\. Choose a folder of your own\.\n$/,
      );
      assert.deepEqual([...Deno.readDirSync(folder.path("data"))], []);
    },
  });
}

Deno.test({
  name: "a link that leads nowhere is named as one, by record and by check",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await makeFolder();
    const file = folder.path("test.csv");
    await Deno.symlink("/nowhere/test.csv", file);
    for (const args of [["record", "t", file], ["check", file]]) {
      await using command = weir(args);
      assert.equal(await command.code, 1);
      assert.match(
        command.stderr.text(),
        /^Cannot (read|write) .*: it is a link to \/nowhere\/test\.csv, which is not there\. Make that file, or remove the link\.\n$/,
      );
    }
  },
});

/** Who may do what with a file, in octal. */
const mode = async (path: string) =>
  ((await Deno.stat(path)).mode! & 0o777).toString(8);

for (const durable of [[], ["--durable", "lab"]]) {
  mosquittoTest(
    `${
      ["record", ...durable].join(" ")
    } lets all read the CSV, and their owner only what lies beside it`,
    async () => {
      await using mosquitto = await startMosquitto();
      await using folder = await makeFolder();
      const file = folder.path("test.csv");
      await using recording = weir([
        ...["record", "t", file, "--broker", mosquitto.url, ...durable],
      ]);
      await recording.stderr.match(/^Connected/);
      await send(mosquitto, "{no JSON");
      await send(mosquitto, "1");
      await recording.stdout.count(1);
      recording.kill("SIGINT");
      assert.equal(await recording.code, 0);
      const modes: Record<string, string> = {};
      for await (const { name } of Deno.readDir(folder.path("."))) {
        modes[name.replace(/_\d+/, "")] = await mode(folder.path(name));
      }
      assert.deepEqual(modes, {
        "test.csv": "644",
        "test.csv.rejects.jsonl": "600",
        ...durable.length > 0 && { "lab@test.csv.ledger": "600" },
      });
    },
  );
}

/** How somebody saves something else in the place of a recording. */
const FOREIGN: [string, (file: string) => Promise<unknown>][] = [
  // As many bytes as before, in the same file.
  ["with ; by a spreadsheet", async (file) => {
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replaceAll(",", ";"));
  }],
  ["as another table", async (file) => {
    await Deno.writeTextFile(`${file}.tmp`, "a,b\r\n1,2\r\n");
    await Deno.rename(`${file}.tmp`, file);
  }],
];

for (const [how, save] of FOREIGN) {
  for (const durable of [[], ["--durable", "lab"]]) {
    mosquittoTest(
      `${
        ["record", ...durable].join(" ")
      } goes on in FILE-2.csv if FILE.csv is saved ${how}`,
      async () => {
        await using mosquitto = await startMosquitto();
        await using folder = await makeFolder();
        const file = folder.path("test.csv");
        const args = [
          ...["record", "t", file, "--broker", mosquitto.url],
          ...durable,
        ];
        await using recording = weir(args);
        await recording.stderr.match(/^Connected/);
        await send(mosquitto, "1");
        await untilFile(file, /,1\r\n$/);
        await save(file);
        const saved = await folder.read("test.csv");
        // Moved away or not, that name is somebody's.
        await Deno.writeTextFile(folder.path("test-2.csv"), "mine");
        await send(mosquitto, "2");
        await recording.stderr.match(
          /test\.csv was saved with another header while it was recorded to\. .*Going on in .*test-3\.csv\.$/,
        );
        await send(mosquitto, "3");
        await untilFile(folder.path("test-3.csv"), /,3\r\n$/);
        recording.kill("SIGINT");
        assert.equal(await recording.code, 0);
        assert.match(
          recording.stderr.text(),
          /\nRecorded 3 events from 1 sensor to .*test\.csv and .*test-3\.csv in /,
        );
        assert.equal(await folder.read("test.csv"), saved);
        assert.equal(await folder.read("test-2.csv"), "mine");
        assert.deepEqual(cellsOf(await folder.read("test-3.csv")), ["2", "3"]);
        assert.deepEqual(cellsOf(await folder.read("test.csv.recovered")), [
          "1",
        ]);

        await using again = weir(args);
        assert.equal(await again.code, 1);
        const text = again.stderr.text();
        assert.match(text, /test\.csv has another header than timestamp,/);
        assert.equal(text.includes("--overwrite"), durable.length === 0, text);
      },
    );
  }
}

/** What may stand in the place of the rejects file, and the message about it. */
const REJECTS: [
  what: string,
  stand: (path: string, disk: SmallDisk) => Promise<unknown>,
  said: RegExp | undefined,
  args?: string[],
][] = [
  [
    "is on a full disk",
    async (path, disk) => {
      await Deno.writeFile(disk.path("rejects"), new Uint8Array());
      await disk.fill();
      await Deno.symlink(disk.path("rejects"), path);
    },
    /^Cannot write .*rejects\.jsonl: no space left on the disk\. The recording goes on without rejects\.$/m,
  ],
  [
    "is a FIFO",
    (path) => run("mkfifo", [path]),
    /^Cannot write .*rejects\.jsonl: it is not a regular file\. .*The recording goes on without rejects\.$/m,
  ],
  [
    "has a bound that is reached",
    () => Promise.resolve(),
    /^.*rejects\.jsonl is as large as it may be\. Rejects are only counted from now on\.$/m,
    ["--max-rejects", "20B"],
  ],
  [
    "is linked to /dev/null",
    (path) => Deno.symlink("/dev/null", path),
    undefined,
  ],
];

for (const [what, stand, said, args = []] of REJECTS) {
  for (const durable of [[], ["--durable", "lab"]]) {
    diskTest(
      `${["record", ...durable].join(" ")} goes on if its rejects file ${what}`,
      async () => {
        await using mosquitto = await startMosquitto();
        await using folder = await makeFolder();
        await using disk = await mountSmallDisk(64);
        const file = folder.path("test.csv");
        await stand(`${file}.rejects.jsonl`, disk);
        await using recording = weir([
          ...["record", "t", file, "--broker", mosquitto.url],
          ...durable,
          ...args,
        ]);
        await recording.stderr.match(/^Connected/);
        for (const message of ["{", "1", "{", "2"]) {
          await send(mosquitto, message);
        }
        await recording.stdout.count(2);
        recording.kill("SIGINT");
        assert.equal(await recording.code, 0);
        assert.deepEqual(cellsOf(await folder.read("test.csv")), ["1", "2"]);
        const text = recording.stderr.text();
        const count = said ? "2 rejected, 2 of them not kept" : "2 rejected";
        assert.ok(text.includes(`(${count})\n`), text);
        if (said) assert.match(text, said);
        assert.equal(
          text.match(/^(?!Rejected).*rejects/gm)?.length ?? 0,
          said ? 1 : 0,
          text,
        );
      },
      { declare: mosquittoTest },
    );
  }
}

for (const durable of [[], ["--durable", "lab"]]) {
  mosquittoTest(
    `${
      ["record", ...durable].join(" ")
    } makes its rejects file again if somebody renames it`,
    async () => {
      await using mosquitto = await startMosquitto();
      await using folder = await makeFolder();
      const [file, rejects] = ["test.csv", "test.csv.rejects.jsonl"];
      await using recording = weir([
        ...["record", "t", folder.path(file), "--broker", mosquitto.url],
        ...durable,
      ]);
      await recording.stderr.match(/^Connected/);
      await send(mosquitto, "{1");
      await send(mosquitto, "1");
      await untilFile(folder.path(rejects), /\n$/);
      await recording.stdout.count(1);
      await Deno.rename(folder.path(rejects), folder.path("old"));
      await send(mosquitto, "{2");
      await recording.stderr.match(/rejects\.jsonl was (deleted|renamed)/);
      recording.kill("SIGINT");
      assert.equal(await recording.code, 0);
      const payloads = (text: string) =>
        text.trimEnd().split("\n").map((line) =>
          atob(JSON.parse(line).payload)
        );
      assert.deepEqual(payloads(await folder.read("old")), ["{1"]);
      assert.deepEqual(payloads(await folder.read(rejects)), ["{2"]);
      assert.deepEqual(cellsOf(await folder.read(file)), ["1"]);
    },
  );
}
