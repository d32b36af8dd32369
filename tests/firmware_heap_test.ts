/** The firmware in heaps of the size that boards have, on a MicroPython with 32-bit objects as an ESP8266 has them. */
import assert from "node:assert/strict";
import { deviceFiles } from "../firmware/device_files.ts";
import { precompile } from "../firmware/precompile.ts";
import { startFakeBroker } from "./helpers/fake_broker.ts";
import { UNIX_BOARD } from "./helpers/unix_board.ts";
import { makeFolder } from "./helpers/folder.ts";
import { inTime, stationConfig } from "./helpers/virtual_boards.ts";

/** Starts the station as at boot, in a heap of its own. */
const START = `
import board
exec(open("main.py").read())
`;

const program = Deno.env.get("MICROPYTHON");

async function python(folder: string, heap: number, code: string) {
  const { stdout } = await new Deno.Command(program!, {
    args: ["-X", `heapsize=${heap}`, "-c", code],
    cwd: folder,
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

/** Resolves with what the station prints until its first sample is published, or until it fails. */
async function startsIn(folder: string, heap: number): Promise<string> {
  await using station = new Deno.Command(program!, {
    args: ["-X", `heapsize=${heap}`, "-c", START],
    cwd: folder,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let printed = "";
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      printed += text;
      if (printed.includes("First sample published")) return station.kill();
    }
  };
  await Promise.all([read(station.stdout), read(station.stderr)]);
  return printed;
}

const KINDS: [
  kind: string,
  files: () => Promise<Record<string, string | Uint8Array>>,
  least: number,
][] = [
  ["compiled", () => precompile(deviceFiles), 30],
  ["as source", () => Promise.resolve({ ...deviceFiles }), 36],
];

if (!program) {
  console.error(
    "MICROPYTHON names no MicroPython for unix: the tests of the firmware's heap are skipped. It is built with -m32.",
  );
}

for (const [kind, files, least] of KINDS) {
  Deno.test({
    name: `The firmware ${kind} starts in every heap from ${least} KB to 40 KB`,
    ignore: !program,
    fn: () =>
      inTime((async () => {
        await using folder = await makeFolder();
        await using broker = startFakeBroker();
        const all = {
          ...await files(),
          "board.py": UNIX_BOARD,
          "config.py": stationConfig(broker.port, { SLEEP_TIME: 0.05 }),
          "main.py": deviceFiles["client.py"],
        };
        for (const [name, content] of Object.entries(all)) {
          const data = typeof content === "string"
            ? new TextEncoder().encode(content)
            : content;
          await Deno.writeFile(folder.path(name), data);
        }
        const look = "import board, sys; print(board.taken, sys.maxsize)";
        const [taken, most] = (await python(folder.path(""), 200_000, look))
          .split(" ").map(Number);
        assert.equal(most, 2 ** 31 - 1, "MICROPYTHON has no 32-bit objects");
        for (let heap = least * 1024; heap <= 40 * 1024; heap += 512) {
          const printed = await startsIn(folder.path(""), heap + taken);
          assert.match(printed, /First sample published/, `${heap} bytes`);
        }
      })()),
  });
}
