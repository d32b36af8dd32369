/** A run that hears nothing says what may be missing. */
import assert from "node:assert/strict";
import { startMosquitto } from "./helpers/mosquitto.ts";
import { mosquittoTest } from "./helpers/needs.ts";
import { until } from "./helpers/until.ts";
import { startViewed } from "./helpers/viewed_run.ts";

mosquittoTest(
  "a run that hears nothing counts what it leaves out, and finds a topic that is alike",
  async () => {
    await using mosquitto = await startMosquitto();
    await mosquitto.publish("-r", "-t", "lab", "-m", "1");
    await mosquitto.publish("-r", "-t", "/Lab", "-m", "2");
    await using run = await startViewed(mosquitto.url, { silent: 0.1 });
    await until("it says so", () => run.kinds().includes("silent"));
    const { topics, leftOut, alike } = run.event("silent");
    assert.deepEqual({ topics, leftOut, alike }, {
      topics: ["lab"],
      leftOut: 1,
      alike: "/Lab",
    });
  },
);
