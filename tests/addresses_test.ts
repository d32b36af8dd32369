/** A broker with several addresses: the nodes of a cluster. */
import assert from "node:assert/strict";
import { mqtt } from "../pipeline/mod.ts";
import { makeFolder } from "./helpers/folder.ts";
import { freePort, startMosquitto } from "./helpers/mosquitto.ts";
import { mosquittoTest } from "./helpers/needs.ts";
import { startProxy } from "./helpers/proxy.ts";
import { untilFile } from "./helpers/until.ts";
import { weir } from "./helpers/weir.ts";

const nowhere = () => `mqtt://127.0.0.1:${freePort()}`;

Deno.test("if no address answers, the error is that of the last one", async () => {
  const urls = [nowhere(), nowhere()];
  await assert.rejects(
    Array.fromAsync(mqtt(urls, "t")),
    new RegExp(`${urls[1]}`),
  );
});

mosquittoTest(
  "record --durable moves between the addresses of a broker, and says on which it is",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const file = folder.path("test.csv");
    let first = startProxy(mosquitto.port);
    await using second = startProxy(mosquitto.port);
    const { port } = first;
    await using recording = weir([
      ...["record", "t", file, "--durable", "lab", "--quiet"],
      ...["-b", nowhere(), "-b", first.url, "-b", second.url],
    ]);
    await recording.stderr.match(new RegExp(`^Connected to ${first.url} `));
    await mosquitto.publish("-t", "t", "-m", "1", "-q", "1");
    await untilFile(file, /,1\r\n/);
    await first[Symbol.asyncDispose]();
    await recording.stderr.match(new RegExp(`^Reconnected to ${second.url} `));
    await mosquitto.publish("-t", "t", "-m", "2", "-q", "1");
    await untilFile(file, /,2\r\n/);
    first = startProxy(mosquitto.port, port);
    second.cut();
    await recording.stderr.match(new RegExp(`^Reconnected to ${first.url} `));
    await mosquitto.publish("-t", "t", "-m", "3", "-q", "1");
    await untilFile(file, /,3\r\n/);
    recording.kill("SIGINT");
    assert.equal(await recording.code, 0);
    await first[Symbol.asyncDispose]();

    const rows = (await folder.read("test.csv")).split("\r\n").slice(1, -1);
    assert.deepEqual(rows.map((row) => row.split(",")[3]), ["1", "2", "3"]);
    assert.doesNotMatch(recording.stderr.text(), /twice|recovered/);
    const names = await Array.fromAsync(Deno.readDir(folder.path(".")));
    assert.deepEqual(names.map(({ name }) => name).toSorted(), [
      "lab@test.csv.ledger",
      "test.csv",
    ]);
  },
);
