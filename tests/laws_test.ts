import assert from "node:assert/strict";
import {
  csv,
  filter,
  type Flow,
  map,
  parse,
  pipe,
  type SensorEvent,
  type Sink,
  take,
  tap,
  tee,
} from "../pipeline/mod.ts";
import { makeFolder } from "./helpers/folder.ts";
import { message } from "./helpers/message.ts";

/** A source that notes when it is pulled and when it is returned. */
function watched<T>(batches: T[][], log: string[]): Flow<T> {
  return (async function* () {
    try {
      for (const [index, batch] of batches.entries()) {
        log.push(`pulled ${index}`);
        yield batch;
      }
      log.push("acknowledged all");
    } finally {
      log.push("returned");
    }
  })();
}

/** A sink that notes what it is given, and takes its time over it. */
function slow<T>(name: string, log: string[]): Sink<T> {
  return async (flow) => {
    for await (const batch of flow) {
      log.push(`${name} takes ${batch.join()}`);
      // Many turns of the event loop, as a slow disk would take.
      for (let turn = 0; turn < 20; turn++) {
        await new Promise((resolve) => setTimeout(resolve));
      }
      log.push(`${name} has ${batch.join()}`);
    }
    log.push(`${name} ends`);
  };
}

const event = (val: number): SensorEvent => ({
  sensor_id: "lux-1",
  ts: 1,
  val,
});

Deno.test("law 1: a source is pulled again when the sink has finished with the batch", async () => {
  const log: string[] = [];
  await pipe(watched([[1, 2], [3]], log), slow("sink", log));
  assert.deepEqual(log, [
    "pulled 0",
    "sink takes 1,2",
    "sink has 1,2",
    "pulled 1",
    "sink takes 3",
    "sink has 3",
    "acknowledged all",
    "returned",
    "sink ends",
  ]);
});

Deno.test("law 1: a source is pulled again when every branch of a tee() has finished", async () => {
  const log: string[] = [];
  await pipe(
    watched([[1], [2]], log),
    tee(slow("a", log), slow("b", log)),
    slow("sink", log),
  );
  for (const batch of ["1", "2"]) {
    const pulled = log.indexOf(batch === "1" ? "pulled 1" : "acknowledged all");
    for (const name of ["a", "b", "sink"]) {
      const has = log.indexOf(`${name} has ${batch}`);
      assert.ok(
        has >= 0 && has < pulled,
        `${name} ${batch}: ${log.join("\n")}`,
      );
    }
    // In step: the batch goes on when every branch has taken it.
    const goesOn = log.indexOf(`sink takes ${batch}`);
    assert.ok(log.indexOf(`a has ${batch}`) < goesOn, log.join("\n"));
    assert.ok(log.indexOf(`b has ${batch}`) < goesOn, log.join("\n"));
  }
});

Deno.test("law 1: a source is pulled again when the rejects of the batch are written", async () => {
  const log: string[] = [];
  const rejects: Sink<unknown> = async (flow) => {
    for await (const _ of flow) {
      await new Promise((resolve) => setTimeout(resolve));
      log.push("rejects written");
    }
  };
  await pipe(
    watched([[message("{")], [message("1")]], log),
    parse({ rejects }),
    async (flow) => {
      for await (const _ of flow);
    },
  );
  assert.deepEqual(log.slice(0, 3), [
    "pulled 0",
    "rejects written",
    "pulled 1",
  ]);
});

Deno.test("law 1: a batch that take() cuts short is not acknowledged", async () => {
  const log: string[] = [];
  const batches = await Array.fromAsync(
    pipe(watched([[1, 2], [3, 4]], log), take(3)),
  );
  assert.deepEqual(batches, [[1, 2], [3]]);
  assert.deepEqual(log, ["pulled 0", "pulled 1", "returned"]);
});

Deno.test("law 2: readings leave every stage in the order in which they came in", async () => {
  const numbers = Array.from({ length: 1000 }, (_, index) => index);
  const batches = Array.from(
    { length: 100 },
    (_, index) => numbers.slice(index * 10, index * 10 + 10),
  );
  const seen: number[] = [];
  const branch: number[] = [];
  await pipe(
    watched(batches, []),
    map((n: number) => n),
    filter((n) => n % 3 > 0),
    tee(async (flow) => {
      for await (const batch of flow) branch.push(...batch);
    }),
    async (flow) => {
      for await (const batch of flow) seen.push(...batch);
    },
  );
  assert.deepEqual(seen, numbers.filter((n) => n % 3 > 0));
  assert.deepEqual(branch, seen);
});

Deno.test("law 3: a slow sink holds the source up, one batch at a time", async () => {
  let ahead = 0;
  let most = 0;
  async function* source(): Flow<number> {
    for (let index = 0; index < 50; index++) {
      most = Math.max(most, ++ahead);
      yield [index];
    }
  }
  await pipe(
    source(),
    map((n) => n),
    tee(slow("branch", [])),
    async (flow) => {
      for await (const batch of flow) ahead -= batch.length;
    },
  );
  assert.equal(most, 1);
});

const failing = new Error("out of paper");

for (
  const [where, { stage, last }] of Object.entries({
    "a stage": {
      stage: map((n: number) => {
        if (n === 3) throw failing;
        return n;
      }),
      last: 2,
    },
    // The batch of a failed branch still reaches the sink.
    "a branch": {
      stage: tee<number>(async (flow) => {
        for await (const batch of flow) if (batch.includes(3)) throw failing;
      }),
      last: 3,
    },
    "one branch of two": {
      stage: tee<number>(slow("other", []), async (flow) => {
        for await (const batch of flow) if (batch.includes(3)) throw failing;
      }),
      last: 3,
    },
  })
) {
  Deno.test(`law 4: an error in ${where} returns the source, ends the sink and rejects`, async () => {
    const log: string[] = [];
    const taken: number[] = [];
    let error: unknown;
    await assert.rejects(
      pipe(watched([[1], [2], [3], [4]], log), stage, async (flow) => {
        try {
          for await (const batch of flow) taken.push(...batch);
        } catch (caught) {
          error = caught;
          throw caught;
        }
      }),
      failing,
    );
    assert.equal(error, failing);
    assert.deepEqual(taken, [1, 2, 3].slice(0, last));
    assert.deepEqual(log, ["pulled 0", "pulled 1", "pulled 2", "returned"]);
  });
}

Deno.test("law 4: a branch that fails ends the pipe after its batch is written, by the others and by the sink", async () => {
  await using folder = await makeFolder();
  const log: string[] = [];
  await assert.rejects(
    pipe(
      watched([[event(1)], [event(2)], [event(3)]], []),
      tee(
        async (flow) => {
          for await (const [{ val }] of flow) if (val === 2) throw failing;
        },
        async (flow) => {
          for await (const [{ val }] of flow) log.push(`written ${val}`);
        },
      ),
      csv(folder.path("test.csv"), { log: () => {} }),
    ),
    failing,
  );
  assert.deepEqual(log, ["written 1", "written 2"]);
  const rows = (await folder.read("test.csv")).split("\r\n");
  assert.deepEqual(rows.slice(1, -1).map((row) => row.at(-1)), ["1", "2"]);
});

Deno.test("law 4: a sink of rejects that fails is left, and the flow goes on", async () => {
  const told: string[] = [];
  const { error } = console;
  console.error = (text: string) => told.push(text);
  const log: string[] = [];
  try {
    await pipe(
      watched(
        [["{", "1"], ["{", "{"], ["2"]].map((batch) =>
          batch.map((payload) => message(payload))
        ),
        log,
      ),
      parse({ rejects: () => Promise.reject(new Error("out of paper")) }),
      async (flow) => {
        for await (const batch of flow) {
          log.push(...batch.map(({ val }) => `${val}`));
        }
      },
    );
  } finally {
    console.error = error;
  }
  assert.deepEqual(log, [
    ...["pulled 0", "1", "pulled 1", "pulled 2", "2"],
    ...["acknowledged all", "returned"],
  ]);
  assert.deepEqual(told, [
    "Going on without the sink of the rejects, which failed: out of paper",
    "3 rejects did not reach their sink.",
  ]);
});

Deno.test("law 4: if a branch and the sink fail with the same batch, the pipe rejects with the sink's error", async () => {
  await assert.rejects(
    pipe(
      watched([[1], [2]], []),
      tee<number>(async (flow) => {
        for await (const _ of flow) throw new Error("in the branch");
      }),
      async (flow) => {
        for await (const _ of flow) throw failing;
      },
    ),
    failing,
  );
});

Deno.test("law 4: an error in the source reaches branches and sink, and files keep what they hold", async () => {
  await using folder = await makeFolder();
  async function* source(): Flow<SensorEvent> {
    yield [event(1)];
    yield [event(2)];
    throw failing;
  }
  let seen: unknown;
  await assert.rejects(
    pipe(
      source(),
      tee(async (flow) => {
        try {
          for await (const _ of flow);
        } catch (error) {
          seen = error;
        }
      }),
      csv(folder.path("test.csv")),
    ),
    failing,
  );
  assert.equal(seen, failing);
  const rows = (await folder.read("test.csv")).split("\r\n");
  assert.deepEqual(rows.slice(1, -1).map((row) => row.at(-1)), ["1", "2"]);
});

Deno.test("law 4: an error in the sink returns the source and ends the branches", async () => {
  const log: string[] = [];
  await assert.rejects(
    pipe(
      watched([[1], [2], [3]], log),
      tee(slow("branch", log)),
      async (flow) => {
        for await (const batch of flow) if (batch.includes(2)) throw failing;
      },
    ),
    failing,
  );
  assert.ok(
    log.includes("returned") && log.includes("branch ends"),
    log.join(),
  );
  assert.ok(!log.includes("pulled 2"), log.join());
});

Deno.test("law 4: a branch that fails at the very end rejects the pipe", async () => {
  await assert.rejects(
    pipe(
      watched([[1]], []),
      tee(async (flow) => {
        for await (const _ of flow);
        throw failing;
      }),
      slow("sink", []),
    ),
    failing,
  );
});

Deno.test("law 4: a branch that returns early is no longer fed, and the rest goes on", async () => {
  const first: number[] = [];
  const seen: number[] = [];
  await pipe(
    watched([[1], [2], [3]], []),
    tee(async (flow) => {
      for await (const batch of flow) {
        first.push(...batch);
        break;
      }
    }),
    async (flow) => {
      for await (const batch of flow) seen.push(...batch);
    },
  );
  assert.deepEqual(first, [1]);
  assert.deepEqual(seen, [1, 2, 3]);
});

Deno.test("law 4: a consumer that stops early returns the source and ends the branches", async () => {
  const log: string[] = [];
  const flow = pipe(
    watched([[1], [2], [3]], log),
    tap(() => {}),
    tee(slow("branch", log)),
  );
  for await (const batch of flow) if (batch.includes(2)) break;
  assert.ok(
    log.includes("returned") && log.includes("branch ends"),
    log.join(),
  );
  assert.ok(!log.includes("pulled 2"), log.join());
});

Deno.test("law 4: a branch that throws before it pulls ends the others, too", async () => {
  let ended = false;
  const other: Sink<number> = async (flow) => {
    try {
      for await (const _ of flow);
    } finally {
      ended = true;
    }
  };
  const broken = (() => {
    throw failing;
  }) as Sink<number>;
  await assert.rejects(
    pipe(watched([[1]], []), tee(other, broken), slow("sink", [])),
    failing,
  );
  assert.ok(ended);
});
