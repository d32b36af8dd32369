import assert from "node:assert/strict";
import type { Message } from "../pipeline/mod.ts";
import { createHabits, type KnownHabits } from "../pipeline/durable/habits.ts";
import { createMemory } from "../pipeline/durable/memory.ts";
import { createRedelivery } from "../pipeline/durable/redelivery.ts";

/** A recorder that has committed and acknowledged all that it took. */
function createRecorder(known: KnownHabits = {}, safe = Infinity) {
  const memory = createMemory();
  const habits = createHabits(known);
  let time = 0;
  const redelivery = createRedelivery({
    last: 0,
    memory,
    habits,
    now: () => time,
  });
  redelivery.connected(false);
  const take = (id: number, text: string, dup = false, topic = "t") => {
    const payload = new TextEncoder().encode(text);
    const message: Message = {
      ...{ topic, payload, time: 0, qos: 1, retain: false, dup },
    };
    return redelivery.take(message, id, safe);
  };
  return {
    redelivery,
    memory,
    habits,
    take,
    /** The same, with DUP. */
    again: (id: number, text: string, topic?: string) =>
      take(id, text, true, topic),
    /** Ends this connection, and begins the next one. */
    reconnect: () => redelivery.connected(true),
    wait: (ms: number) => time += ms,
  };
}

const NEW = { redelivered: false };
const OLD = { redelivered: true };
const DOUBT = { redelivered: false, possiblyDoubled: true };

Deno.test("a message with DUP is known by its content, whatever its id", () => {
  const { take, again, reconnect } = createRecorder();
  for (const id of [4, 5, 6]) take(id, `${id}`);
  reconnect();
  assert.deepEqual(again(1, "5"), { position: 2, ...OLD });
  assert.deepEqual(again(2, "6"), { position: 3, ...OLD });
  assert.deepEqual(again(3, "7"), { position: 4, ...NEW });
});

Deno.test("a message with DUP is known also if new ones came before it", () => {
  const { take, again, reconnect } = createRecorder();
  for (const id of [1, 2]) take(id, `${id}`);
  reconnect();
  for (const id of [1, 2]) {
    assert.deepEqual(take(id, `new ${id}`), { position: 2 + id, ...NEW });
  }
  assert.deepEqual(again(3, "1"), { position: 1, ...OLD });
  assert.deepEqual(again(4, "2"), { position: 2, ...OLD });
});

Deno.test("each message comes again once on a connection, and again on the next one", () => {
  const { take, again, reconnect } = createRecorder();
  take(7, "1");
  reconnect();
  assert.deepEqual(again(1, "1"), { position: 1, ...OLD });
  reconnect();
  assert.deepEqual(again(1, "1"), { position: 1, ...OLD });
});

Deno.test("of equal messages the id tells, on a broker that keeps ids", () => {
  const { take, again, reconnect } = createRecorder();
  for (const id of [7, 8, 9]) take(id, "open");
  reconnect();
  // Counted from 1, the first message would have no id over 1.
  assert.deepEqual(again(8, "open"), { position: 2, ...OLD });
  assert.deepEqual(again(9, "open"), { position: 3, ...OLD });
  assert.deepEqual(again(10, "open"), { position: 4, ...NEW });
  assert.deepEqual(take(11, "open"), { position: 5, ...NEW });
});

Deno.test("equal messages under new ids are kept, and said to be possibly doubled", () => {
  const { take, again, reconnect } = createRecorder();
  for (const id of [1, 2, 3]) take(id, "open");
  reconnect();
  for (const id of [1, 2, 3]) {
    assert.deepEqual(again(id, "open"), { position: 3 + id, ...DOUBT });
  }
});

Deno.test("an equal message under a new id is known by its place after the one before it", () => {
  const { take, again, reconnect } = createRecorder();
  take(4, "open", false, "door");
  take(5, "21.5");
  take(6, "open", false, "door");
  reconnect();
  assert.deepEqual(again(1, "21.5"), { position: 2, ...OLD });
  assert.deepEqual(again(2, "open", "door"), { position: 3, ...OLD });
  assert.deepEqual(again(3, "open", "door"), { position: 4, ...DOUBT });
});

Deno.test("a place says nothing if new messages came before the old ones", () => {
  const { take, again, reconnect } = createRecorder({ setsDup: true });
  take(1, "open", false, "door");
  take(2, "21.5");
  reconnect();
  take(1, "open", false, "door");
  reconnect();
  assert.deepEqual(again(1, "21.5"), { position: 2, ...OLD });
  assert.deepEqual(again(2, "open", "door"), { position: 4, ...DOUBT });
});

Deno.test("an equal message whose acknowledgement was never sent comes again for sure", () => {
  const { take, again, reconnect } = createRecorder({}, 1);
  take(1, "open");
  take(2, "open");
  reconnect();
  assert.deepEqual(again(1, "open"), { position: 2, ...OLD });
  assert.deepEqual(again(2, "open"), { position: 3, ...DOUBT });
});

Deno.test("a topic on which equal messages came is not trusted later", () => {
  const { take, again, reconnect, redelivery } = createRecorder();
  take(4, "open");
  take(5, "open");
  redelivery.confirmed([[1, 1]], Infinity);
  reconnect();
  assert.deepEqual(again(1, "open"), { position: 3, ...DOUBT });
});

Deno.test("a message without DUP is new on a broker that sets it", () => {
  const { take, reconnect, habits } = createRecorder({ setsDup: true });
  take(7, "open");
  reconnect();
  assert.deepEqual(take(7, "open"), { position: 2, ...NEW });
  assert.equal(habits.outdated, true);
  assert.deepEqual(habits.known, { setsDup: true, repeating: ["t"] });
});

Deno.test("a broker that never sets DUP is understood by ids, content and order", () => {
  const { take, reconnect } = createRecorder();
  for (const id of [7, 8, 9]) take(id, "open");
  reconnect();
  assert.deepEqual(take(8, "open"), { position: 2, ...OLD });
  assert.deepEqual(take(9, "open"), { position: 3, ...OLD });
  assert.deepEqual(take(10, "open"), { position: 4, ...NEW });
  // After something new nothing old comes.
  assert.deepEqual(take(7, "open"), { position: 5, ...NEW });
});

Deno.test("what was acknowledged before something new is not taken for a redelivery later", () => {
  const { take, reconnect } = createRecorder();
  take(7, "open");
  reconnect();
  take(8, "closed");
  reconnect();
  assert.deepEqual(take(7, "open"), { position: 3, ...NEW });
});

Deno.test("without DUP, equal messages from id 1 on are kept, and said to be possibly doubled", () => {
  const { take, reconnect } = createRecorder();
  for (const id of [1, 2]) take(id, "open");
  reconnect();
  assert.deepEqual(take(1, "open"), { position: 3, ...DOUBT });
  assert.deepEqual(take(2, "open"), { position: 4, ...DOUBT });
});

Deno.test("a message that is sent twice on one connection is acknowledged once", () => {
  const { take, again } = createRecorder();
  take(1, "21.5");
  assert.deepEqual(again(1, "21.5"), { position: 1, ...OLD, copied: true });
});

Deno.test("a message whose acknowledgement was confirmed is kept when it comes, and in doubt", () => {
  const { take, again, reconnect, redelivery } = createRecorder();
  for (const id of [7, 8, 9]) take(id, `${id}`);
  redelivery.confirmed([[1, 1], [3, 3]], Infinity);
  reconnect();
  assert.deepEqual(again(8, "8"), { position: 2, ...OLD });
  assert.deepEqual(again(9, "9"), { position: 4, ...DOUBT });
});

Deno.test("a message whose acknowledgement was confirmed is known, where no two are alike", () => {
  const { take, again, redelivery } = createRecorder();
  for (let id = 1; id <= 66; id++) take(id, `${id}`);
  redelivery.confirmed([[1, 66]], Infinity);
  // A node of the broker's cluster has died; the connection is the same.
  assert.deepEqual(again(1, "66"), { position: 66, ...OLD });
  assert.deepEqual(again(2, "67"), { position: 67, ...NEW });
  assert.deepEqual(again(3, "3"), { position: 68, ...DOUBT });
});

Deno.test("a message that comes again on its connection after 10,000 others is known", () => {
  const { take, again, redelivery } = createRecorder();
  for (let n = 1; n <= 10_100; n++) take(n, `${n}`);
  redelivery.confirmed([[1, 10_100]], Infinity);
  assert.deepEqual(again(1, "100"), { position: 100, ...OLD });
});

Deno.test("a message that comes again on its connection when it is forgotten is in doubt", () => {
  const { again, reconnect, wait } = createRecorder({ setsDup: true });
  reconnect();
  assert.deepEqual(again(1, "on its way"), { position: 1, ...NEW });
  wait(121_000);
  assert.deepEqual(again(2, "forgotten"), { position: 2, ...DOUBT });
});

Deno.test("a topic whose first messages are alike has none that is one of a kind", () => {
  const { take, again, redelivery } = createRecorder();
  const rooms = ["attic", "cellar"];
  for (const room of rooms) take(1, "open", false, room);
  for (let id = 1; id <= 66; id++) take(id, `${id}`, false, "attic");
  take(1, "open", false, "attic");
  redelivery.confirmed([[1, 69]], Infinity);
  assert.deepEqual(again(2, "66", "attic"), { position: 70, ...DOUBT });
});

Deno.test("a session that is new takes nothing for old", () => {
  const { take, again, redelivery } = createRecorder();
  take(1, "21.5");
  redelivery.connected(false);
  assert.deepEqual(again(1, "21.5"), { position: 2, ...NEW });
});

Deno.test("what does not come again within two minutes is forgotten", () => {
  const { take, reconnect, wait, redelivery, memory } = createRecorder();
  for (const id of [7, 8]) take(id, `${id}`);
  reconnect();
  wait(119_000);
  redelivery.confirmed([], Infinity);
  redelivery.confirmed([], Infinity);
  assert.equal(memory.all().length, 2);
  wait(2_000);
  // It may wait to be read still.
  redelivery.confirmed([], Infinity);
  assert.equal(memory.all().length, 2);
  redelivery.confirmed([], Infinity);
  assert.deepEqual(memory.all(), []);
  assert.deepEqual(memory.news(2).gone, [[1, 2]]);
});

Deno.test("a memory says what the ledger lacks, also while that is being written", () => {
  const memory = createMemory();
  for (const position of [1, 2, 3, 4]) {
    memory.add({ position, id: position, hash: position });
  }
  const news = memory.news(2);
  assert.deepEqual(news.identities.map(({ position }) => position), [1, 2]);
  memory.forget([[1, 1]]);
  memory.told(news);
  assert.deepEqual(memory.noted().map(({ position }) => position), [2]);
  assert.deepEqual(memory.news(4).gone, [[1, 1]]);
  assert.equal(memory.news(4).identities.length, 2);
});

Deno.test("of many topics with equal messages it is kept that they are many", () => {
  const { take, habits } = createRecorder();
  for (let topic = 0; topic <= 100; topic++) {
    for (const id of [1, 2]) take(id, "open", false, `${topic}`);
  }
  assert.equal(habits.known.repeating, true);
});
