/**
 * weir deploy to a MicroPython for unix over a pseudo-terminal: the raw-paste mode of MicroPython itself, and a heap as
 * small as an ESP8266's. `MICROPYTHON` names the program, built with -m32.
 */
import assert from "node:assert/strict";
import { deployTo } from "../helpers/deploying.ts";
import { startFakeBroker } from "../helpers/fake_broker.ts";
import { makeFolder } from "../helpers/folder.ts";
import { isThere, tell } from "../helpers/needs.ts";
import { until } from "../helpers/until.ts";
import { inTime, stationConfig } from "../helpers/virtual_boards.ts";
import { UNIX_BOARD } from "../helpers/unix_board.ts";

const program = Deno.env.get("MICROPYTHON");
const skip = !program || !isThere("socat");
if (skip) {
  tell(
    "MICROPYTHON names no MicroPython for unix, or socat is not installed: weir deploy is not tried on one.",
  );
}

/** Ctrl-D ends this MicroPython, and a board would start again: so does this. Ctrl-C is MicroPython's matter. */
const POWER = (heap: number) =>
  `trap : INT
touch ready
while :; do
  "$MICROPYTHON" -X heapsize=${heap} -i -c 'import board
board.boot()'
  echo "MPY: soft reboot"
done
`;

/** What a board does at its start. */
const BOOT = `
def boot():
    import __main__
    try:
        text = open("main.py").read()
    except OSError:
        return
    exec(text, __main__.__dict__)
`;

Deno.test({
  name:
    "weir deploy goes to MicroPython's own raw-paste mode, in a heap of 38 KB, and the board publishes",
  ignore: skip,
  fn: () =>
    inTime(
      (async () => {
        await using folder = await makeFolder();
        await using broker = startFakeBroker();
        await Deno.writeTextFile(folder.path("board.py"), UNIX_BOARD + BOOT);
        await Deno.writeTextFile(folder.path("power.sh"), POWER(38 * 1024));
        const tty = folder.path("tty");
        await using _socat = new Deno.Command("socat", {
          args: [
            `PTY,link=${tty},raw,echo=0`,
            "EXEC:sh power.sh,pty,onlcr=0,setsid,ctty,stderr",
          ],
          cwd: folder.path(""),
          stdout: "null",
          stderr: "null",
        }).spawn();
        await until(
          "a board with power",
          () => Deno.stat(folder.path("ready")).then(() => true, () => false),
        );
        const { write } = await deployTo(tty, {
          config: stationConfig(broker.port, { SLEEP_TIME: 1 }),
          timeout: 60,
        });
        assert.ok(write.includes("ring.mpy"), `${write}`);
        await broker.until(() => broker.published("sensor-data").length >= 3);
      })(),
      120,
    ),
});
