import assert from "node:assert/strict";
import { readEvents } from "../../pipeline/recording/read_events.ts";
import { findRecordings } from "../../pipeline/mod.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { MOSQUITTO, testNeeding } from "../helpers/needs.ts";
import { run } from "../helpers/run.ts";
import { weir } from "../helpers/weir.ts";

const ROOT = new URL("../../", import.meta.url);

/** The recipe of the docs, for another file and process. */
async function recipe(path: string, pid: number): Promise<string> {
  const docs = await Deno.readTextFile(new URL("docs/formats.md", ROOT));
  const [, text] = /```text\n(\/var\/lib\/weir\/lab\.csv \{\n.*?\n\})\n```/s
    .exec(docs)!;
  return text.replace("/var/lib/weir/lab.csv", path)
    .replace("systemctl kill --signal=HUP weir.service", `kill -HUP ${pid}`) +
    "\n";
}

const ROTATIONS = 4;
const READINGS = 2000;

for (const args of [[], ["--durable", "lab"]]) {
  testNeeding(
    { ...MOSQUITTO, logrotate: "logrotate" },
    `the recipe for logrotate loses nothing and doubles nothing ${args}`,
    async () => {
      await using mosquitto = await startMosquitto();
      await using folder = await makeFolder();
      const { url } = mosquitto;
      const command = ["record", "lab", folder.path("lab.csv"), ...args];
      await using recording = weir(
        [...command, "--quiet", "-b", url, "-q", "1"],
      );
      await recording.stderr.match(/^Connected/);
      const config = folder.path("lab.conf");
      await Deno.writeTextFile(
        config,
        await recipe(folder.path("lab.csv"), recording.pid),
        { mode: 0o644 },
      );
      for (let rotation = 0; rotation < ROTATIONS; rotation++) {
        const lines = Array.from(
          { length: READINGS },
          (_, n) => `["a",1,${rotation * READINGS + n}]`,
        );
        await Promise.all([
          mosquitto.publishLines("lab", lines, "-q", "1"),
          run("logrotate", ["-f", "-s", folder.path("state"), config]),
        ]);
      }
      recording.kill("SIGINT");
      assert.equal(await recording.code, 0, recording.stderr.text());
      assert.match(recording.stderr.text(), /lab\.csv was renamed/);

      const paths = await findRecordings([folder.path("lab*.csv*")]);
      assert.ok(paths.some((path) => path.endsWith(".gz")), `${paths}`);
      const values: number[] = [];
      for (const path of paths) {
        for await (const events of readEvents(path)) {
          values.push(...events.map(({ val }) => Number(val)));
        }
      }
      const all = Array.from({ length: ROTATIONS * READINGS }, (_, n) => n);
      assert.deepEqual(values.sort((a, b) => a - b), all);
    },
  );
}
