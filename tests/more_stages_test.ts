/** `scan`, `smooth`, `route`, `timeout`: what they do, and the laws they keep. */
import assert from "node:assert/strict";
import {
  csv,
  file,
  type Flow,
  holdingBack,
  keepingAll,
  merge,
  pipe,
  route,
  scan,
  type SensorEvent,
  type Sink,
  smooth,
  type Stage,
  timeout,
} from "../pipeline/mod.ts";
import { makeFolder } from "./helpers/folder.ts";

const event = (ts: number, val: SensorEvent["val"] = ts, sensor_id = "a") => ({
  sensor_id,
  ts,
  val,
});

async function* flow<T>(...batches: T[][]): Flow<T> {
  yield* batches;
}

const all = async <T>(flow: Flow<T>) => (await Array.fromAsync(flow)).flat();

const drain: Sink<unknown> = async (flow) => {
  for await (const _ of flow);
};

/** What comes out of a stage, as `a 15 true`. */
const texts = async (flow: Flow<SensorEvent>) =>
  (await all(flow)).map(({ sensor_id, ts, val }) =>
    `${sensor_id} ${ts} ${val}`
  );

const failing = new Error("out of paper");

const STAGES: Record<string, () => Stage<SensorEvent, SensorEvent>> = {
  scan: () => scan((_: SensorEvent, item: SensorEvent) => item, event(0)),
  smooth: () => smooth(1),
  route: () => route<SensorEvent>(),
  timeout: () => timeout(1000),
};

for (const [name, make] of Object.entries(STAGES)) {
  Deno.test(`${name}() keeps order and batches, and pulls again when its batch is done with`, async () => {
    const log: string[] = [];
    async function* source() {
      try {
        yield [event(1), event(2)];
        log.push("pulled");
        yield [event(3)];
        log.push("done");
      } finally {
        log.push("returned");
      }
    }
    await pipe(source(), make(), async (flow) => {
      for await (const batch of flow) {
        await new Promise((resolve) => setTimeout(resolve));
        log.push(batch.map(({ ts }) => ts).join());
      }
    });
    assert.deepEqual(log, ["1,2", "pulled", "3", "done", "returned"]);
  });

  Deno.test(`${name}() passes an error on, and returns its source`, async () => {
    let returned = false;
    async function* source() {
      try {
        yield [event(1)];
        yield [event(2)];
      } finally {
        returned = true;
      }
    }
    await assert.rejects(
      pipe(source(), make(), async (flow) => {
        for await (const _ of flow) throw failing;
      }),
      failing,
    );
    assert.ok(returned);
    const broken = (async function* (): Flow<SensorEvent> {
      yield [event(1)];
      throw failing;
    })();
    await assert.rejects(pipe(broken, make(), drain), failing);
  });

  Deno.test(`${name}() keeps nothing back: a durable recording takes it`, async () => {
    await pipe(flow([event(1)]), make(), keepingAll(drain));
  });

  Deno.test(`${name}() begins anew in each flow`, async () => {
    const stage = make();
    const once = await all(pipe(flow([event(1), event(2)]), stage));
    assert.deepEqual(
      await all(pipe(flow([event(1), event(2)]), stage)),
      once,
    );
  });
}

Deno.test("smooth() takes each sensor by itself, and leaves alone what is no number", async () => {
  const source = () =>
    flow(
      [event(1, 10), event(1, 1, "b"), event(2, 20), event(3, "off")],
      [event(4, 60), event(5, 10)],
    );
  const values = async (stage: Stage<SensorEvent, SensorEvent>) =>
    (await all(pipe(source(), stage))).map(({ val }) => val);
  assert.deepEqual(await values(smooth(3)), [10, 1, 15, "off", 30, 30]);
  assert.deepEqual(
    await values(smooth(4, "median")),
    [10, 1, 15, "off", 20, 15],
  );
  assert.throws(() => smooth(0), RangeError);
});

Deno.test("route() sends each item into the first branch that takes it, and the rest on", async () => {
  const seen: Record<string, number[]> = { even: [], small: [], rest: [] };
  const into = (name: string): Sink<number> => async (flow) => {
    for await (const batch of flow) seen[name].push(...batch);
  };
  await pipe(
    flow([1, 2, 3, 4], [20], [30, 31]),
    route<number>(
      [(n) => n % 2 === 0, into("even")],
      [(n) => n < 10, into("small")],
    ),
    into("rest"),
  );
  assert.deepEqual(seen, {
    even: [2, 4, 20, 30],
    small: [1, 3],
    rest: [31],
  });
});

Deno.test("route() pulls again when every branch has finished, also if nothing goes on", async () => {
  const log: string[] = [];
  async function* source() {
    yield [1];
    log.push("pulled");
  }
  const slow: Sink<number> = async (flow) => {
    for await (const batch of flow) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      log.push(`has ${batch}`);
    }
  };
  await pipe(source(), route<number>([() => true, slow]), drain);
  assert.deepEqual(log, ["has 1", "pulled"]);
});

Deno.test("route() ends the pipe with the error of a branch", async () => {
  const broken: Sink<number> = async (flow) => {
    for await (const _ of flow) throw failing;
  };
  const seen: number[] = [];
  await assert.rejects(
    pipe(
      flow([1, 2], [3]),
      route<number>([(n) => n === 1, broken]),
      async (flow) => {
        for await (const batch of flow) seen.push(...batch);
      },
    ),
    failing,
  );
  assert.deepEqual(seen, [2]);
});

Deno.test("route() refuses before a durable branch what a pipe refuses", async () => {
  const back: Stage<number, number> = holdingBack((flow) => flow);
  await assert.rejects(
    async () =>
      await pipe(
        flow([1]),
        back,
        route<number>([() => true, keepingAll(drain)]),
        drain,
      ),
    /ERR_WEIR_PIPE|keeps/,
  );
});

Deno.test("timeout() adds an event for a sensor that is quiet, once, where its time is up", async () => {
  const source = () =>
    flow(
      [event(0), event(1, 1, "b"), event(5), event(12)],
      [event(100, 1, "b"), event(101, 1, "b")],
    );
  assert.deepEqual(await texts(pipe(source(), timeout(10))), [
    ...["a 0 0", "b 1 1", "a 5 5", "b/quiet 11 true", "a 12 12"],
    ...["a/quiet 22 true", "b 100 1", "b 101 1"],
  ]);
  const own = timeout(10, ({ sensor_id, val }, ts) => ({
    ...{ sensor_id, ts },
    val: `silent since ${val}`,
  }));
  assert.deepEqual(
    await texts(pipe(flow([event(0), event(10, 1, "b")]), own)),
    [
      "a 0 0",
      "a 10 silent since 0",
      "b 10 1",
    ],
  );
});

Deno.test("timeout() notices by the clock that nothing comes at all, and leaves a silent source", async () => {
  const forever = new Promise<never>(() => {});
  async function* source(): Flow<SensorEvent> {
    yield [event(0), event(0, 0, "b")];
    await forever;
  }
  const found: string[] = [];
  for await (const batch of pipe(source(), timeout(0.01))) {
    found.push(...batch.map(({ sensor_id }) => sensor_id));
    if (found.length >= 4) break;
  }
  assert.deepEqual(found, ["a", "b", "a/quiet", "b/quiet"]);
});

Deno.test("file() reads recordings of all kinds as one flow in order of time", async () => {
  await using folder = await makeFolder();
  await pipe(flow([event(3), event(1), event(5)]), csv(folder.path("a.csv")));
  await pipe(flow([event(2), event(4)]), csv(folder.path("b.csv")));
  const gz = (await Deno.open(folder.path("b.csv"))).readable
    .pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(folder.path("b.csv.gz"), gz);
  await Deno.remove(folder.path("b.csv"));
  await Deno.writeTextFile(
    folder.path("raw.jsonl"),
    '{"time":6,"topic":"a","payload":"6","qos":0,"retain":false}\n',
  );
  const paths = [folder.path("*.csv*"), folder.path("raw.jsonl")];
  assert.deepEqual(
    (await all(file(paths))).map(({ ts, val }) => [ts, val]),
    [1, 2, 3, 4, 5, 6].map((ts) => [ts, ts]),
  );
  const some = await all(file(paths, { from: 2, to: 4 }));
  assert.deepEqual(some.map(({ ts }) => ts), [2, 3]);
  // Nothing is left of the sorting, also if the flow is left early.
  for await (const _ of pipe(file(paths), smooth(2))) break;
  const left = await Array.fromAsync(Deno.readDir("."));
  assert.ok(!left.some(({ name }) => name.startsWith(".weir-export-")));
  await assert.rejects(all(file(folder.path("none-*"))), /No file is named/);
  assert.equal((await all(merge(file(paths), file(paths)))).length, 12);
});
