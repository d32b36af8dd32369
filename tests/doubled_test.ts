import assert from "node:assert/strict";
import { openSession } from "../pipeline/mod.ts";
import { makeFolder } from "./helpers/folder.ts";

const LEDGER = "lab@storage.ledger";

Deno.test("a possible double that a crash leaves out of the ledger's count is counted if the sink has committed it", async () => {
  await using folder = await makeFolder();
  const open = async (name: string, committed: number) => {
    await Deno.mkdir(folder.path(name), { recursive: true });
    return await openSession(folder.path(`${name}/storage`), {
      clientId: "lab",
      url: "mqtt://127.0.0.1",
      committed,
      log: () => {},
    });
  };
  {
    await using session = await open("first", 0);
    const { deliveries, commits, subscription } = session;
    const take = (id: number, dup: boolean) =>
      deliveries.take(
        {
          topic: "door",
          payload: new TextEncoder().encode("open"),
          ...{ qos: 1, dup, retain: false, time: 0 },
        },
        id,
      );
    subscription.connected(false);
    take(1, false);
    take(2, false);
    await commits.prepare(2);
    await commits.commit(2);
    // A cut; one of the two may come again, under a new id.
    subscription.connected(true);
    assert.equal(take(1, true).possiblyDoubled, true);
    await commits.prepare(3);
    // The crash leaves the ledger like this. Did the sink commit the third?
    for (const name of ["yes", "no"]) {
      await Deno.mkdir(folder.path(name));
      await Deno.copyFile(
        folder.path(`first/${LEDGER}`),
        folder.path(`${name}/${LEDGER}`),
      );
    }
  }
  for (const [name, committed, doubled] of [["yes", 3, 1], ["no", 2, 0]]) {
    await using session = await open(`${name}`, Number(committed));
    assert.equal(session.counts().possiblyDoubledBefore, doubled);
  }
});
