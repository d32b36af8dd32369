import assert from "node:assert/strict";
import { problem } from "../firmware/config_file.ts";
import { inTime, startPrompt } from "./helpers/virtual_boards.ts";

Deno.test("What weir asks for is checked by the firmware's own rules", () =>
  inTime((async () => {
    const long = "x".repeat(64);
    const cases: [string, string | number][] = [
      ...["SENSOR_ID", "MQTT_TOPIC", "MQTT_HOST", "WIFI_ESSID", "MQTT_USER"]
        .flatMap((name) =>
          ["lux-1", "", "a/b", "a+", "#", "*", "a*", long, long + "x"]
            .map((value): [string, string] => [name, value])
        ),
      ...["", "1234567", "12345678"]
        .map((value): [string, string] => ["WIFI_PASSWORD", value]),
      ...[0.009, 0.01, 5, 86400, 86400.5, -1]
        .map((value): [string, number] => ["SLEEP_TIME", value]),
      ...[0, 1, 1.5, 65535, 65536]
        .map((value): [string, number] => ["MQTT_PORT", value]),
      ...[-1, 0, 0.5, 1, 2]
        .map((value): [string, number] => ["MQTT_QOS", value]),
      ...[0, 1, 10000, 10001]
        .map((value): [string, number] => ["MAX_FAILURES", value]),
      ["SLEEP_TIME", "soon"],
      ["SENSOR_ID", 5],
    ];
    await using board = await startPrompt();
    await board.repl("import json; from settings import problem");
    const found = [];
    for (const [name, value] of cases) {
      const text = await board.repl(
        `print(json.dumps(problem(${JSON.stringify(name)}, ${
          JSON.stringify(value)
        }) or None))`,
      );
      found.push([name, value, JSON.parse(text)]);
    }
    assert.deepEqual(
      cases.map(([name, value]) => [name, value, problem(name, value) ?? null]),
      found,
    );
    assert.ok(found.some(([, , what]) => what !== null));
  })()));
