import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { type Executable, makeExecutable } from "../helpers/executable.ts";
import { type Folder, makeFolder } from "../helpers/folder.ts";
import { freePort, startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest, terminalTest } from "../helpers/needs.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { weir } from "../helpers/weir.ts";

const made: Executable = await makeExecutable();
const executable = "path" in made ? made.path : "";
if ("why" in made) {
  console.error(
    `The tests of the executable are skipped: it could not be compiled. ${made.why}`,
  );
}

/**
 * A test of the executable, in an empty folder of its own. `declare` is what it
 * needs besides.
 */
function executableTest(
  name: string,
  test: (folder: Folder) => Promise<void>,
  declare: typeof terminalTest = Deno.test,
) {
  const run = async () => {
    await using folder = await makeFolder();
    await test(folder);
  };
  const title = `the executable ${name}`;
  if (executable) declare(title, run);
  else Deno.test({ name: title, ignore: true, fn: run });
}

/** What it is started with: nothing, not even a home. */
const bare = (folder: Folder) => ({ executable, cwd: folder.path(".") });

executableTest("tells its version and what it was made for", async (folder) => {
  await using run = weir(["--version"], {
    ...bare(folder),
    env: { NO_COLOR: "1" },
  });
  assert.equal(await run.code, 0);
  assert.equal(
    run.stdout.text(),
    `weir ${config.version} ${Deno.build.target}\n`,
  );
});

executableTest(
  "records from Mosquitto, in an empty environment",
  async (folder) => {
    await using broker = await startMosquitto();
    const args = ["sensor-data", "test.csv", "-b", broker.url, "--count", "2"];
    await using run = weir(["record", ...args], bare(folder));
    await run.stderr.match(/^Connected/);
    await broker.publish(
      ...["-t", "sensor-data"],
      "-m",
      '["lux-1", 1, 284.1312]',
    );
    await broker.publish(...["-t", "sensor-data"], "-m", "{not a reading");
    await broker.publish(
      ...["-t", "sensor-data"],
      "-m",
      '["lux-1", 2, 371.6063]',
    );
    assert.equal(await run.code, 0, run.stderr.text());
    assert.match(
      await folder.read("test.csv"),
      /^timestamp,datetime,sensor_id,value\r\n[\d.]+,\S+Z,lux-1,284\.1312\r\n[\d.]+,\S+Z,lux-1,371\.6063\r\n$/,
    );
    // Nothing unpacked, nothing cached, no node_modules.
    const names = [...Deno.readDirSync(folder.path("."))].map(({ name }) =>
      name
    );
    assert.deepEqual(names.sort(), ["test.csv", "test.csv.rejects.jsonl"]);
  },
  mosquittoTest,
);

executableTest(
  "refuses a second recording to the same file",
  async (folder) => {
    await using broker = await startMosquitto();
    const args = ["record", "x", "test.csv", "-b", broker.url];
    await using first = weir(args, bare(folder));
    await first.stderr.match(/^Connected/);
    await using second = weir(args, bare(folder));
    assert.equal(await second.code, 1);
    assert.match(second.stderr.text(), /being recorded by another weir/);
  },
  mosquittoTest,
);

executableTest(
  "records each message once with --durable, killed in between",
  async (folder) => {
    await using broker = await startMosquitto();
    const args = [
      "lab",
      "lab.csv",
      "-b",
      broker.url,
      "--durable",
      "lab-recorder",
    ];
    {
      await using killed = weir(["record", ...args], bare(folder));
      await killed.stderr.match(/^Connected/);
      const numbers = Array.from({ length: 500 }, (_, index) => `${index}`);
      await broker.publishLines("lab", numbers, "-q", "1", "-V", "5");
      killed.kill("SIGKILL");
      await killed.code;
    }
    await using again = weir(["record", ...args], bare(folder));
    await broker.publishLines("lab", ["500"], "-q", "1", "-V", "5");
    await again.stdout.match(/val=500\)$/);
    again.kill("SIGINT");
    assert.equal(await again.code, 0, again.stderr.text());
    const [, ...rows] = (await folder.read("lab.csv")).trimEnd().split("\r\n");
    assert.deepEqual(
      rows.map((row) => Number(row.split(",")[3])),
      Array.from({ length: 501 }, (_, index) => index),
    );
  },
  mosquittoTest,
);

executableTest(
  "shows the demo in a pipe: broker, virtual boards, recording",
  async (folder) => {
    await using run = weir(["demo"], bare(folder));
    assert.equal(await run.code, 0, run.stderr.text());
    assert.match(run.stdout.text(), /^SensorEvent\(sensor_id='lux-\d', /);
    assert.match(run.stderr.text(), /from 3 sensors to demo\.csv/);
    assert.match(await folder.read("demo.csv"), /,lux-\d,[\d.]+\r\n/);
  },
);

executableTest(
  "runs virtual boards, asks one, and deploys onto it",
  async (folder) => {
    await using mosquitto = await startMosquitto();
    const broker = ["-b", mosquitto.url];
    const prompt = freePort();
    await using boards = weir(
      ["sim", "--boards", "1", "--repl", `${prompt}`, ...broker],
      bare(folder),
    );
    await boards.stderr.match(/Connection successful/);
    await using ask = weir(["ask", "lux-1", "sample", ...broker], bare(folder));
    assert.equal(await ask.code, 0, ask.stderr.text());
    assert.match(ask.stdout.text(), /^lux-1: \["lux-1",/);
    await using deploy = weir(
      ["deploy", "--port", `tcp://127.0.0.1:${prompt}`],
      bare(folder),
    );
    assert.equal(await deploy.code, 0, deploy.stderr.text());
    assert.match(deploy.stderr.text(), /Writing \d+ files .*tsl2591\.mpy/);
  },
  mosquittoTest,
);

executableTest("says in a sentence what went wrong", async (folder) => {
  await using run = weir(
    ["record", "x", "x.csv", "-b", "mqtt://127.0.0.1:1"],
    bare(folder),
  );
  assert.equal(await run.code, 1);
  assert.equal(
    run.stderr.text(),
    "Cannot connect to mqtt://127.0.0.1:1: connection refused. Is the broker running? Try: weir broker. Without any broker: weir demo\n",
  );
});

/** How it is started in a terminal: `env -i` with the terminal's name alone. */
const inTerminal = (...args: string[]) => [
  ...["env", "-i", "TERM=xterm-256color", executable],
  ...args,
];

executableTest(
  "shows sensors live in a terminal, and asks for no permission",
  async (folder) => {
    await using broker = await startMosquitto();
    await using terminal = await openTerminal(folder.path("."));
    await terminal.run(
      inTerminal("tui", "sensor-data", "test.csv", "-b", broker.url),
    );
    await terminal.shows(/● connected[^]*● recording/);
    await broker.publish(
      ...["-t", "sensor-data"],
      "-m",
      '["lux-1", 1, 284.1312]',
    );
    await terminal.shows(/lux-1\s+284\.1312/);
    await terminal.press("q");
    await terminal.press("y");
    assert.equal(await terminal.code(), 0);
    assert.match(await folder.read("test.csv"), /,lux-1,284\.1312\r\n$/);
  },
  terminalTest,
);

executableTest("shows the demo in a terminal until Ctrl-C", async (folder) => {
  await using terminal = await openTerminal(folder.path("."), 120, 40);
  await terminal.run(inTerminal("demo"));
  await terminal.shows(/lux-1[^]*lux-2|lux-2[^]*lux-1/);
  await terminal.press("C-c");
  assert.equal(await terminal.code(), 0);
  assert.match(await folder.read("demo.csv"), /,lux-1,[\d.]+\r\n/);
}, terminalTest);

executableTest(
  "starts in at most 1.5 times what it takes from source",
  async (folder) => {
    const time = async (options: { executable?: string }) => {
      const start = performance.now();
      await using run = weir(["--help"], { cwd: folder.path("."), ...options });
      assert.equal(await run.code, 0);
      return performance.now() - start;
    };
    // In turn, so that both meet what else the machine does; the best of each.
    const source: number[] = [];
    const compiled: number[] = [];
    for (let round = 0; round < 7; round++) {
      source.push(await time({}));
      compiled.push(await time({ executable }));
    }
    const ratio = Math.min(...compiled) / Math.min(...source);
    assert.ok(ratio <= 1.5, `${ratio}`);
  },
);
