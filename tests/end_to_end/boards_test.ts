import assert from "node:assert/strict";
import {
  type Board,
  type Light,
  lux,
  startBoards,
} from "../../firmware/simulator/mod.ts";
import { BRISK, inTime } from "../helpers/virtual_boards.ts";
import { makeFolder } from "../helpers/folder.ts";
import { listen } from "../helpers/listen.ts";
import { freePort, startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { weir } from "../helpers/weir.ts";

const stopAll = (boards: Board[]) =>
  Promise.all(boards.map((board) => board.stop()));

mosquittoTest(
  "What a recording of virtual boards holds is the light that fell on them",
  () =>
    inTime((async () => {
      await using mosquitto = await startMosquitto();
      await using folder = await makeFolder();
      const file = folder.path("lux.csv");
      const lights: Light[] = [
        { kind: "day", day: 3600, peak: 900, seed: 1 },
        { kind: "lamp", at: 300, until: 600, dark: 5, lux: 400 },
        { kind: "constant", lux: 20_000 },
      ];
      await using recording = weir([
        "record",
        "sensor-data",
        file,
        "--broker",
        mosquitto.url,
        "--qos",
        "1",
        "--timestamps",
        "device",
        "--quiet",
        "--count",
        "600",
      ]);
      await recording.stderr.match(/Connected/);
      const boards = await startBoards({
        count: 3,
        broker: { host: "127.0.0.1", port: mosquitto.port },
        interval: 5,
        config: { MQTT_QOS: 1 },
        clock: BRISK,
        light: (index) => lights[index],
      });
      // What goes wrong on the way changes nothing in what is recorded.
      boards[0].faults.wifi(true);
      await boards[0].waitFor("E_WIFI_AP");
      boards[0].faults.wifi(false);
      assert.equal(await recording.code, 0, recording.stderr.text());
      await stopAll(boards);

      const rows = (await folder.read("lux.csv")).trimEnd().split("\r\n")
        .slice(1).map((row) => row.split(","));
      assert.equal(rows.length, 600);
      // QoS 1 is "at least once": what was under way when the Wi-Fi went may have come twice, and is the same.
      const once = new Map(
        rows.map((row) => [`${row[0]} ${row[2]}`, row]),
      ).values().toArray();
      assert.ok(rows.length - once.length <= 1);
      lights.forEach((light, index) => {
        const own = once.filter(([, , id]) => id === `lux-${index + 1}`);
        assert.ok(own.length > 30, `${own.length} of lux-${index + 1}`);
        let last = -5;
        for (const [timestamp, , , value] of own) {
          const second = Number(timestamp);
          assert.ok(Math.abs(second - last - 5) <= 1, `${last} ${second}`);
          last = second;
          // ts is a whole second, and the sensor integrates for 100 ms before it is read.
          const possible = Array.from(
            { length: 30 },
            (_, i) => lux(light, second - 0.5 + i * 0.1),
          );
          assert.ok(
            Number(value) >= Math.min(...possible) * 0.98 - 0.01 &&
              Number(value) <= Math.max(...possible) * 1.02 + 0.01,
            `lux-${index + 1} at ${second}: ${value}, not ${possible}`,
          );
        }
      });
      const lamp = once.filter(([, , id]) => id === "lux-2");
      assert.deepEqual(
        [100, 400, 700].map((second) => {
          const row = lamp.find(([timestamp]) => Number(timestamp) >= second);
          return row && Math.round(Number(row[3]));
        }),
        [5, 400, Number(lamp.at(-1)![0]) < 700 ? undefined : 5],
      );
    })()),
);

mosquittoTest(
  "sim runs boards that publish until it is interrupted",
  () =>
    inTime((async () => {
      await using mosquitto = await startMosquitto();
      await using heard = await listen(mosquitto.url);
      await using sim = weir(
        [
          "sim",
          "--boards",
          "2",
          "--broker",
          mosquitto.url,
          "--interval",
          "0.1",
        ],
        { permissions: ["-P"] },
      );
      const ids = (all: string[]) =>
        new Set(all.map((text) => JSON.parse(text)[0]));
      await heard.until(
        "sensor-data",
        (all) => all.length >= 10 && ids(all).size === 2,
      );
      sim.kill("SIGINT");
      assert.equal(await sim.code, 0);
      assert.equal(sim.stdout.text(), "");
      assert.match(
        sim.stderr.text(),
        /2 boards publish to sensor-data at mqtt:\/\/127\.0\.0\.1:\d+, every 0\.1 s/,
      );
      assert.match(sim.stderr.text(), /lux-2: Connection successful/);
    })()),
);

mosquittoTest(
  "sim runs many plain publishers whose samples all arrive, and which go offline",
  () =>
    inTime((async () => {
      await using mosquitto = await startMosquitto();
      await using heard = await listen(mosquitto.url);
      await using sim = weir(
        ["sim", "--light", "60", "--interval", "0.5", "-b", mosquitto.url],
        { permissions: ["-P"] },
      );
      await sim.stderr.match(/60 plain publishers publish to sensor-data/);
      await heard.until("sensor-data", (all) => all.length >= 180);
      sim.kill("SIGINT");
      assert.equal(await sim.code, 0, sim.stderr.text());
      const [, published] = /([\d,]+) samples published, \d+ of them/
        .exec(sim.stderr.text()) ?? assert.fail(sim.stderr.text());
      const count = Number(published.replace(",", ""));
      const all = await heard.until(
        "sensor-data",
        (all) => all.length >= count,
      );
      assert.equal(all.length, count);
      const each = Map.groupBy(all, (text) => JSON.parse(text)[0]);
      const counts = each.values().map(({ length }) => length).toArray();
      assert.equal(counts.length, 60);
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${counts}`);
      const statuses = await heard.until(
        "weir/lux-60/status",
        (all) => all.length === 2,
      );
      assert.deepEqual(
        statuses.map((text) => JSON.parse(text).state),
        ["online", "offline"],
      );
    })()),
);

Deno.test("sim says so where there is no broker, and what it cannot do", async () => {
  const run = async (...args: string[]) => {
    await using sim = weir(["sim", ...args], { permissions: ["-P"] });
    return [await sim.code, sim.stderr.text().split("\n").at(-2)];
  };
  const url = `mqtt://127.0.0.1:${freePort()}`;
  assert.deepEqual(await run("--broker", url), [
    1,
    `Cannot connect to ${url}: connection refused. Is the broker running? Try: weir broker. Without any broker: weir demo`,
  ]);
  assert.deepEqual(await run("--broker", "mqtts://pi"), [
    2,
    "Boards speak plain MQTT only: mqtt://, not mqtts://pi:8883.",
  ]);
  assert.deepEqual(await run("--boards", "0"), [
    2,
    "--boards is from 1 to 100, not 0.",
  ]);
});

mosquittoTest(
  "Under chaos every board comes back by itself",
  () =>
    inTime((async () => {
      const { chaos } = await import("../../firmware/simulator/mod.ts");
      await using mosquitto = await startMosquitto();
      await using heard = await listen(mosquitto.url);
      const boards = await startBoards({
        count: 3,
        broker: { host: "127.0.0.1", port: mosquitto.port },
        config: { MQTT_QOS: 1, MAX_FAILURES: 10_000 },
        clock: { pace: 20, speed: 200 },
      });
      const ending = new AbortController();
      const told: string[] = [];
      const running = chaos(boards, {
        signal: ending.signal,
        every: 0.2,
        lasts: 0.3,
        tell: (index, what) =>
          told.push(`${index} ${what}`) >= 24 && ending.abort(),
      });
      await running;
      await Promise.all(boards.map(async (board, index) => {
        const topic = `weir/lux-${index + 1}/status`;
        const online = () =>
          JSON.parse(heard.on(topic).at(-1) ?? "{}").state === "online";
        const before = heard.on(topic).length;
        // The status comes every minute of the board's time.
        await heard.until(topic, (all) => all.length > before && online());
        // Power and button only: no watchdog bit, and nothing crashed.
        assert.ok(
          board.boots.every((cause) => [0, 6].includes(cause)),
          `${board.boots}`,
        );
      }));
      await stopAll(boards);
    })()),
);
