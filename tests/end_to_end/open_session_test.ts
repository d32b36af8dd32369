/** A sink of one's own beside a session: the example with SQLite, killed 50 times. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { makeFolder } from "../helpers/folder.ts";
import { freePort, startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { untilFile } from "../helpers/until.ts";
import { inTime } from "../helpers/virtual_boards.ts";
import { createRandom } from "../model/random.ts";

const KILLS = 50;

/** So many messages are published around each kill. */
const EACH = 60;

/** So many milliseconds pass at most between publishing and the kill. */
const LATEST = 60;

mosquittoTest(
  "a sink that commits the position in its own transaction gets each message once, through 50 kills",
  async () => {
    await using folder = await makeFolder();
    await using mosquitto = await startMosquitto({
      config: () => "max_queued_messages 0\nmax_queued_bytes 0",
    });
    const path = folder.path("lab.db");
    const start = () => startExample(mosquitto.url, path);
    const publish = (values: readonly (number | string)[]) =>
      mosquitto.publishLines("lab/n", values.map(String), "-q", "1");

    let running = start();
    try {
      // The session is there as soon as a message arrives through it.
      for (let tries = 0; tries < 60; tries++) {
        await publish(["0"]);
        if (await comes(path, 0, 1_000)) break;
      }

      const random = createRandom(50);
      for (let kill = 0; kill < KILLS; kill++) {
        const first = kill * EACH + 1;
        // It runs, and has caught up.
        await reaches(path, first - 1, running);
        // What is no reading is kept in the same transaction.
        const published = publish([
          ...Array.from({ length: EACH / 2 }, (_, n) => first + n),
          `{${kill}`,
          ...Array.from({ length: EACH / 2 }, (_, n) => first + EACH / 2 + n),
        ]);
        await sleep(random.below(LATEST));
        running.kill("SIGKILL");
        await running.status;
        running = start();
        await published;
      }
      await reaches(path, KILLS * EACH, running);
      running.kill("SIGINT");
      const ended = running.status.then(({ code }) => code);
      assert.equal(await inTime(ended, 60), 0);
    } finally {
      end(running);
    }

    const values = read(path).filter((value) => value > 0);
    const expected = Array.from({ length: KILLS * EACH }, (_, n) => n + 1);
    const lost = expected.filter((value) => !values.includes(value));
    assert.deepEqual({ lost, count: values.length }, {
      lost: [],
      count: expected.length,
    });
    assert.deepEqual(values, expected);
    assert.deepEqual(
      readRejects(path),
      Array.from({ length: KILLS }, (_, kill) => `{${kill}`),
    );
  },
);

Deno.test("examples/sqlite.ts ends at Ctrl-C as soon as its session is open, broker or not", async () => {
  await using folder = await makeFolder();
  const url = `mqtt://127.0.0.1:${freePort()}`;
  const running = startExample(url, folder.path("lab.db"));
  try {
    await untilFile(folder.path("lab-sqlite@lab.db.ledger"), /./);
    running.kill("SIGINT");
    const ended = running.status.then(({ code }) => code);
    assert.equal(await inTime(ended, 60), 0);
  } finally {
    end(running);
  }
});

const ROOT = new URL("../../", import.meta.url).pathname;

/** Starts examples/sqlite.ts. */
function startExample(url: string, path: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "-A", "--config", `${ROOT}deno.json`],
      ...[`${ROOT}examples/sqlite.ts`, url, path],
    ],
    stdout: "null",
    stderr: "inherit",
  }).spawn();
}

/** Kills it if it still runs. */
function end(running: Deno.ChildProcess): void {
  try {
    running.kill("SIGKILL");
  } catch {
    // It has ended.
  }
}

/** The payloads of the rejects in the database, in their order. */
function readRejects(path: string): string[] {
  using db = new DatabaseSync(path);
  return db.prepare("SELECT payload FROM rejects ORDER BY rowid").all()
    .map(({ payload }) => new TextDecoder().decode(payload as Uint8Array));
}

/** The values in the database, in the order in which they were inserted. */
function read(path: string): number[] {
  const db = new DatabaseSync(path);
  try {
    return db.prepare("SELECT value FROM readings ORDER BY rowid").all()
      .map(({ value }) => Number(value));
  } catch {
    return [];
  } finally {
    db.close();
  }
}

/** Waits until the database holds a value; fails if the recorder ends first. */
async function reaches(
  path: string,
  value: number,
  running: Deno.ChildProcess,
): Promise<void> {
  const ended = running.status.then(({ code }) => `ended with ${code}`);
  const came = comes(path, value, 60_000).then((there) =>
    there ? "it came" : "it did not come in a minute"
  );
  assert.equal(await Promise.race([came, ended]), "it came", `of ${value}`);
}

/** Resolves with whether a value comes in time. */
async function comes(
  path: string,
  value: number,
  ms: number,
): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end;) {
    const there = await Deno.stat(path).then(() => true, () => false);
    if (there && read(path).includes(value)) return true;
    await sleep(20);
  }
  return false;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
