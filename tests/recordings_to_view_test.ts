import assert from "node:assert/strict";
import { recordingsToView } from "../cli/recordings_to_view.ts";
import { makeFolder } from "./helpers/folder.ts";

const ROWS = "timestamp,datetime,sensor_id,value\r\n" +
  "5000.000,1970-01-01T01:23:20.000Z,lux-1,1\r\n";

Deno.test("a name alone is a recording if it is one, and else a topic", async () => {
  await using folder = await makeFolder();
  for (const name of ["lab-1.csv", "lab-2.csv", "lab", "raw.data"]) {
    await Deno.writeTextFile(folder.path(name), ROWS);
  }
  await Deno.mkdir(folder.path("attic"));
  const packed = new Response(ROWS).body!
    .pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(folder.path("old.csv.gz"), packed);
  await Deno.writeTextFile(folder.path("topic"), "no recording");
  const meant = async (name: string) =>
    (await recordingsToView(folder.path(name)))
      ?.map((path) => path.slice(folder.path("").length));
  assert.deepEqual(await meant("lab-1.csv"), ["lab-1.csv"]);
  assert.deepEqual(await meant("lab-*.csv"), ["lab-1.csv", "lab-2.csv"]);
  assert.deepEqual(await meant("old.csv.gz"), ["old.csv.gz"]);
  assert.deepEqual(await meant("old.csv"), ["old.csv.gz"]);
  assert.deepEqual(await meant("lab"), ["lab"]);
  assert.deepEqual(await meant("raw.data"), ["raw.data"]);
  for (const topic of ["attic", "topic", "attic/#", "+/temperature", "none"]) {
    assert.equal(await meant(topic), undefined, topic);
  }
});

Deno.test("a file that is no recording, or is not there, is no topic", async () => {
  await using folder = await makeFolder();
  await Deno.writeTextFile(folder.path("notes.txt"), "Buy milk.\n");
  await Deno.writeTextFile(folder.path("foreign.csv"), "name;age\nada;36\n");
  await Deno.writeTextFile(folder.path("broken.csv.gz"), "Buy milk.\n");
  await Deno.mkdir(folder.path("folder.csv"));
  const refused = {
    "notes.txt": /notes\.txt is no recording/,
    "foreign.csv": /is no recording: its first line is not timestamp,/,
    "broken.csv.gz": /Cannot read .*not gzip/,
    "folder.csv": /Cannot read .*it is a folder/,
    "none.txt": /There is no file .*none\.txt here/,
    "none-*.csv": /No file is named like/,
  };
  for (const [name, reason] of Object.entries(refused)) {
    await assert.rejects(recordingsToView(folder.path(name)), reason);
  }
});
