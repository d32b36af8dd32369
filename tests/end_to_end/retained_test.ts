import assert from "node:assert/strict";
import { valuesOf } from "../helpers/csv_rows.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { startProxy } from "../helpers/proxy.ts";
import { weir } from "../helpers/weir.ts";
import { until } from "../helpers/until.ts";

mosquittoTest(
  "record leaves retained messages out and counts them, unless asked for",
  async () => {
    await using mosquitto = await startMosquitto();
    await mosquitto.publish("-t", "n", "-r", "-m", '["n",0,1]');
    for (const retained of [false, true]) {
      await using folder = await makeFolder();
      const file = folder.path("test.csv");
      const args = retained ? ["--retained"] : [];
      await using recording = weir(
        ["record", "n", file, "-b", mosquitto.url, ...args],
      );
      await recording.stderr.match(/^Connected/);
      await mosquitto.publish("-t", "n", "-m", '["n",0,2]');
      await recording.stdout.count(retained ? 2 : 1);
      recording.kill("SIGINT");
      assert.equal(await recording.code, 0);
      assert.deepEqual(
        valuesOf(await folder.read("test.csv")),
        retained ? [1, 2] : [2],
      );
      assert.equal(
        recording.stderr.text().includes("1 retained message left out)"),
        !retained,
      );
    }
  },
);

mosquittoTest(
  "record --retained takes what changed while the connection was lost, and nothing twice",
  async () => {
    await using mosquitto = await startMosquitto();
    await using proxy = startProxy(mosquitto.port);
    await using folder = await makeFolder();
    const file = folder.path("test.csv");
    await using recording = weir(
      ["record", "n", file, "--retained", "-b", proxy.url],
    );
    await recording.stderr.match(/^Connected/);
    await mosquitto.publish("-t", "n", "-r", "-m", '["n",0,1]');
    await recording.stdout.count(1);
    proxy.cut();
    await recording.stderr.match(/^Lost/);
    await mosquitto.publish("-t", "n", "-r", "-m", '["n",0,2]');
    await recording.stdout.count(2);
    proxy.cut();
    const again = () =>
      recording.stderr.text().split("\n").filter((line) =>
        line.startsWith("Reconnected")
      ).length;
    await until("it reconnects twice", () => again() >= 2);
    await mosquitto.publish("-t", "n", "-m", '["n",0,3]');
    await recording.stdout.count(3);
    recording.kill("SIGINT");
    assert.equal(await recording.code, 0);
    assert.deepEqual(valuesOf(await folder.read("test.csv")), [1, 2, 3]);
  },
);
