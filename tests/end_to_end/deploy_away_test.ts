/** A board whose port leaves while it restarts, as the USB of a Pico W does. */
import assert from "node:assert/strict";
import type { Board } from "../../firmware/simulator/mod.ts";
import { deployTo, startTarget } from "../helpers/deploying.ts";
import { startProxy } from "../helpers/proxy.ts";
import { inTime } from "../helpers/virtual_boards.ts";
import { weir } from "../helpers/weir.ts";

/** Puts a port before a board's that is gone for a moment at each hard reset. */
function leaving(board: Board, target: number) {
  const first = startProxy(target);
  const { port } = first;
  let proxy: typeof first | undefined = first;
  let left = 0;
  let over = false;
  const ending = Promise.withResolvers<void>();
  const watching = (async () => {
    for (let boots = board.boots.length;;) {
      const restarts = board.waitFor(() => board.boots.length > boots);
      restarts.catch(() => {}); // It is switched off at the end.
      await Promise.race([restarts, ending.promise]);
      if (over) return;
      const hard = board.boots.at(-1) !== 4;
      boots = board.boots.length;
      if (!hard) continue;
      left++;
      await proxy![Symbol.asyncDispose]();
      await new Promise((resolve) => setTimeout(resolve, 700));
      proxy = startProxy(target, port);
    }
  })().catch(() => {});
  return {
    port: `tcp://127.0.0.1:${port}`,
    left: () => left,
    async [Symbol.asyncDispose]() {
      over = true;
      ending.resolve();
      await watching;
      await proxy?.[Symbol.asyncDispose]();
    },
  };
}

for (const what of ["deploy", "hold"] as const) {
  Deno.test(`A board that leaves its port at its restart is met again by weir ${what}`, () =>
    inTime(
      (async () => {
        await using on = await startTarget();
        await deployTo(on.port, { config: on.config });
        await using usb = leaving(on.board, Number(new URL(on.port).port));
        if (what === "deploy") {
          const { write } = await deployTo(usb.port, {
            config: on.config + "# x\n",
          });
          assert.deepEqual(write, ["config.py"]);
        } else {
          await using held = weir(["hold", "--port", usb.port]);
          assert.equal(await held.code, 0, held.stderr.text());
          assert.match(on.board.output, /Held at the prompt/);
        }
        assert.equal(usb.left(), 1);
      })(),
      100,
    ));
}
