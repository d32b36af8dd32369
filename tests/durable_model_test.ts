import assert from "node:assert/strict";
import { runModel } from "./model/run_model.ts";

Deno.test("through random faults each message becomes its row once, in order", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const { missing, doubled } = await runModel(seed, 60);
    assert.deepEqual({ seed, missing, doubled }, {
      seed,
      missing: [],
      doubled: [],
    });
  }
});
