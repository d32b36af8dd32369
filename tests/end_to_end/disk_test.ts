import assert from "node:assert/strict";
import { logged, logging } from "../helpers/broker_log.ts";
import { type Folder, makeFolder } from "../helpers/folder.ts";
import { type Mosquitto, startMosquitto } from "../helpers/mosquitto.ts";
import { diskTest, mosquittoTest } from "../helpers/needs.ts";
import { mountSmallDisk } from "../helpers/small_disk.ts";
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

/** The values in a CSV, in order. */
function values(csv: string): string[] {
  assert.ok(csv.endsWith("\r\n"), csv);
  return csv.split("\r\n").slice(1, -1).map((row) => row.split(",")[3]);
}

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
      values(await Deno.readTextFile(file)),
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
    assert.deepEqual(values(await Deno.readTextFile(file)), [
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
    assert.deepEqual(values(await Deno.readTextFile(file)), ["1"]);
  },
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
      values(await Deno.readTextFile(file)),
      ["1", JSON.parse(long), "2", "3"],
    );
  },
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
    assert.deepEqual(values(await Deno.readTextFile(file)), ["1"]);
  },
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
      assert.deepEqual(values(await folder.read("test.csv")), [...here]);
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
      assert.deepEqual(values(await folder.read("test.csv")), [...here]);
      if (apart) {
        const recovered = values(await folder.read("test.csv.recovered"));
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
        ...durable.length > 0 && { "lab@127.0.0.1.ledger": "600" },
      });
    },
  );
}
