/** Brokers and time servers that config.py names. */
import assert from "node:assert/strict";
import { startStation } from "./helpers/virtual_boards.ts";
import { startFakeBroker } from "./helpers/fake_broker.ts";
import {
  assertEvery,
  fault,
  FOR_EVER,
  printed,
} from "./helpers/station_tests.ts";

fault(
  "A name server that is slow or never answers holds no sample up and restarts no board",
  async () => {
    await using broker = startFakeBroker();
    await using board = await startStation(broker.port, {
      MQTT_HOST: "localhost",
      NTP_HOST: "localhost",
      NTP_PORT: 9,
      ...FOR_EVER,
    });
    board.faults.dns(Infinity);
    await printed(board, "E_DNS: no address for localhost", 3);
    board.faults.dns(2000);
    await broker.until(() => broker.published("sensor-data").length >= 10);
    assertEvery(5, broker.published("sensor-data"));
    assert.deepEqual(board.boots, [0]);
  },
);

fault("A name is not looked up again while its address works", async () => {
  await using broker = startFakeBroker();
  await using board = await startStation(broker.port, {
    MQTT_HOST: "localhost",
  });
  await board.waitFor("Connection successful");
  board.faults.dns(Infinity);
  const from = board.output.length;
  board.faults.halfClose();
  await board.waitFor("Connection successful", from);
  assert.ok(!board.output.includes("E_DNS"));
});

fault("Without a name server the last address of a name is tried", async () => {
  await using broker = startFakeBroker();
  await using board = await startStation(broker.port, {
    MQTT_HOST: "localhost",
  });
  await board.waitFor("Connection successful");
  board.faults.dns(Infinity);
  board.faults.broker("refuses");
  board.faults.halfClose();
  await printed(board, "connection refused", 3);
  board.faults.broker(undefined);
  const from = board.output.length;
  await board.waitFor("Connection successful", from);
  assert.ok(!board.output.includes("E_DNS"));
});
