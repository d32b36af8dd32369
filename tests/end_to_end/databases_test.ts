import assert from "node:assert/strict";
import postgres from "postgres";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest, tell } from "../helpers/needs.ts";
import { findPostgres, startPostgres } from "../helpers/postgres.ts";
import { startExample } from "../helpers/start_example.ts";
import { until } from "../helpers/until.ts";

mosquittoTest(
  "examples/influx.ts loses no message to a crash, or to a server that is away",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const lines: string[] = [];
    let refused = 0;
    await using server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      async (request) => {
        const text = await request.text();
        if (refused++ < 1) return new Response("busy", { status: 503 });
        lines.push(...text.trimEnd().split("\n"));
        return new Response(null, { status: 204 });
      },
    );
    const influx = `http://127.0.0.1:${server.addr.port}/api/v2/write`;
    const start = () =>
      startExample("influx.ts", mosquitto.url, folder, influx);
    const values = () => lines.map((line) => /value=(\d+)/.exec(line)?.[1]);
    {
      await using _example = await start();
      // There is a subscription when the first message comes.
      await until("the first line", async () => {
        await mosquitto.publish("-t", "lab/a b", "-m", "0", "-q", "1");
        return lines.length > 0;
      });
    }
    await mosquitto.publishLines("lab/a b", ["1", "2"], "-q", "1");
    await using _example = await start();
    await until("what came meanwhile", () => values().includes("2"));
    assert.ok(values().includes("1"));
    assert.match(
      lines[0],
      /^weir,sensor_id=lab\/a\\ b,topic=lab\/a\\ b value=0 \d{13}000000$/,
    );
  },
);

const programs = findPostgres();
if (programs === undefined) {
  // It would be most of what the tests in CI install.
  tell(
    "PostgreSQL is not installed: its test is skipped. Try: apt-get install postgresql",
  );
} else {
  mosquittoTest(
    "examples/postgres.ts records each message exactly once, through kill -9",
    async () => {
      await using mosquitto = await startMosquitto({
        config: () => "max_queued_messages 0",
      });
      await using database = await startPostgres(programs);
      await using folder = await makeFolder();
      await using stack = new AsyncDisposableStack();
      const sql = stack.adopt(
        postgres(database.url, { onnotice() {} }),
        (sql) => sql.end(),
      );
      const count = async () => {
        const [{ count }] = await sql`SELECT count(*)::int FROM readings`
          .catch(() => [{ count: -1 }]);
        return count;
      };
      const start = () =>
        startExample("postgres.ts", mosquitto.url, folder, database.url);
      {
        await using _example = await start();
        await until("the first row", async () => {
          if (await count() > 0) return true;
          await mosquitto.publish("-t", "lab/x", "-m", "open", "-q", "1");
          return false;
        });
      }
      const before = await count();
      const values = Array.from({ length: 3000 }, (_, n) => `${n}`);
      for (const third of [0, 1, 2]) {
        const part = values.slice(third * 1000, (third + 1) * 1000);
        await using _example = await start();
        await mosquitto.publishLines("lab/n", part, "-q", "1");
        // It is killed as soon as a part of them is there, or all.
        const some = before + third * 1000 + 1;
        await until("some rows", async () => await count() >= some);
      }
      await using _example = await start();
      await until("all rows", async () => await count() >= before + 3000);
      const rows = await sql`
        SELECT value FROM readings WHERE sensor_id = 'lab/n' ORDER BY value`;
      assert.deepEqual(rows.map(({ value }) => `${value}`), values);
      const [{ text, value }] = await sql`
        SELECT text, value FROM readings WHERE sensor_id = 'lab/x'`;
      assert.deepEqual([text, value], ["open", null]);
    },
  );
}
