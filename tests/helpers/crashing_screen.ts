/**
 * Opens a screen that fails in the way that its argument says: in a component,
 * or in a timer that has nothing to do with it.
 *
 * @module
 */
import { openScreen } from "../../tui/mod.tsx";
import { snapshotOf } from "./snapshot.ts";

const good = await snapshotOf([]);
const fail = () => {
  throw new Error("out of order");
};
let broken = false;
let wake = () => {};
const screen = openScreen({
  mouse: false,
  colours: true,
  source: {
    // A live view without its sensors breaks the component that lists them.
    snapshot: () => broken ? { ...good, live: undefined as never } : good,
    subscribe: (listener) => (wake = listener, () => {}),
  },
  actions: {
    publish: fail,
    ask: fail,
    mark: fail,
    explain: fail,
    clearRetained: fail,
    watchMessages: fail,
    quit: () => {
      if (Deno.args[0] === "timer") setTimeout(fail);
      if (Deno.args[0] === "exit") Deno.exit(3);
      broken = true;
      wake();
    },
  },
});
await screen.closed;
