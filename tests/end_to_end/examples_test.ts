import assert from "node:assert/strict";
import { broker, mqtt, publish } from "../../pipeline/mod.ts";
import { attend } from "../helpers/attend.ts";
import { codeBlocks } from "../helpers/code_blocks.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { readPage } from "../helpers/pages.ts";
import { startExample } from "../helpers/start_example.ts";
import { untilFile } from "../helpers/until.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("examples/record.ts records and prints what is published", async () => {
  await using local = await broker({ port: 0 });
  await using folder = await makeFolder();
  const options = { retain: true };
  await publish(local.url, "sensor-data", ['["lux-1",1,284.1312]'], options);
  await using example = await startExample("record.ts", local.url, folder);
  await example.stdout.match(/^SensorEvent\(sensor_id='lux-1', .*284\.1312/);
  await publish(local.url, "sensor-data", ['["lux-1",2,371.6063]']);
  await example.stdout.match(/371\.6063/);
  // The second is printed when the first is in the file: law 1.
  assert.match(await folder.read("test.csv"), /,lux-1,284\.1312\r\n/);
});

mosquittoTest(
  "a script outside of the checkout imports the kit as docs/kit.md shows",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const page = await readPage("docs/kit.md");
    const script = codeBlocks(page)
      .find(({ text }) => text.includes('"@weir/weir"'))!.text;
    const [, command] = /`deno (run [^`]* my\.ts)`/.exec(page)!;
    await Deno.writeTextFile(
      folder.path("my.ts"),
      script.replace("mqtt://localhost", mosquitto.url),
    );
    await mosquitto.publish("-t", "lab/lux", "-m", "21.5", "-r");
    const child = new Deno.Command(Deno.execPath(), {
      args: command.replace("~/weir/", new URL(".", ROOT).pathname).split(" "),
      cwd: folder.path("."),
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    await using running = attend(child);
    const ended = running.code.then((code) => {
      throw new Error(`ended with ${code}: ${running.stderr.text()}`);
    });
    ended.catch(() => {});
    await Promise.race([
      untilFile(folder.path("lab.csv"), /,lab\/lux,21\.5\r\n/),
      ended,
    ]);
  },
);

Deno.test("examples/average.ts prints the mean of ten readings", async () => {
  await using local = await broker({ port: 0 });
  await using folder = await makeFolder();
  const done = new AbortController();
  const publishing = publish(
    local.url,
    "sensor-data",
    (async function* () {
      while (!done.signal.aborted) {
        yield '["lux-1",0,20]';
        yield '["lux-1",0,40]';
        yield '["lux-2",0,1000]';
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })(),
  );
  await using example = await startExample("average.ts", local.url, folder);
  await example.stdout.match(/^SensorEvent\(sensor_id='lux-1', .*val=30\)$/);
  done.abort();
  await publishing;
});

Deno.test("examples/alarm.ts publishes an alarm when a door opens", async () => {
  await using local = await broker({ port: 0 });
  await using folder = await makeFolder();
  const door = (contact: boolean) =>
    publish(local.url, "zigbee2mqtt/door", [JSON.stringify({ contact })], {
      retain: true,
    });
  await door(false);
  const subscribed = Promise.withResolvers<void>();
  const alarms = mqtt(local.url, "alarm", {
    onStatus: ({ state }) => state === "connected" && subscribed.resolve(),
  });
  const firstAlarm = (async () => {
    for await (const [{ payload }] of alarms) {
      return new TextDecoder().decode(payload);
    }
  })();
  await subscribed.promise;
  await using _example = await startExample("alarm.ts", local.url, folder);
  assert.equal(await firstAlarm, "zigbee2mqtt/door/contact is open");
});

for (
  const [page, name] of [
    ["README.md", "record.ts"],
    ["docs/kit.md", "record.ts"],
    ["docs/kit.md", "sqlite.ts"],
  ]
) {
  Deno.test(`${page} shows examples/${name} as it is`, async () => {
    const example = await readPage(`examples/${name}`);
    const [imported] = /"\S*pipeline\/mod\.ts"/.exec(example)!;
    const shown = codeBlocks(await readPage(page))
      .map(({ text }) =>
        text.replace(/"\S*pipeline\/mod\.ts"/, () => imported)
      );
    // A page may say in its own words what the first lines say.
    const code = example.replace(/^(\/\/.*\n)+/, "");
    assert.ok(shown.some((text) => text.endsWith(code)), shown.join("\n"));
  });
}
