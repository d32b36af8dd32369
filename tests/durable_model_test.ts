import assert from "node:assert/strict";
import { findFault } from "./model/run_model.ts";

Deno.test("through random faults each message becomes its row once, or is said to be possibly doubled", async () => {
  for (let seed = 1; seed <= 45; seed++) {
    assert.equal(await findFault(seed, 60), undefined);
  }
});
