/** What the terminal UI does with terminals of many kinds. */
import assert from "node:assert/strict";
import { csvFormat } from "../../pipeline/mod.ts";
import { makeFolder } from "../helpers/folder.ts";
import { terminalTest } from "../helpers/needs.ts";
import { openTerminal } from "../helpers/terminal.ts";

/** A folder with a recording in it, and a terminal there. */
async function openFile() {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await makeFolder());
  const { header, rows } = csvFormat();
  const now = Date.now() / 1000;
  const events = Array.from({ length: 60 }, (_, n) => (
    { sensor_id: `lux-${n % 2}`, ts: now - 60 + n, val: Math.sin(n / 9) }
  ));
  await Deno.writeTextFile(folder.path("lab.csv"), header + rows(events));
  const terminal = stack.use(await openTerminal(folder.path("")));
  return {
    terminal,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

terminalTest(
  "tui gives the terminal back at Ctrl-Z, and comes back with fg",
  async () => {
    await using run = await openFile();
    const { terminal } = run;
    await terminal.weir(["tui", "lab.csv"]);
    await terminal.shows(/60 readings of 2 sensors/);
    await terminal.press("l");
    await terminal.shows(/── Rejected/);
    await terminal.press("C-z");
    await terminal.shows(/^\$ *$/m);
    assert.equal((await terminal.state()).alternate, false);
    await terminal.type("fg");
    await terminal.press("Enter");
    await terminal.shows(/60 readings[^]*── Rejected/);
    await terminal.press("q");
    await terminal.shows(/^\$ *$/m);
    assert.equal((await terminal.state()).alternate, false);
  },
);

terminalTest(
  "tui asks for the mouse, and leaves it with --no-mouse and at its end",
  async () => {
    for (const wanted of [true, false]) {
      await using run = await openFile();
      const { terminal } = run;
      const more = wanted ? [] : ["--no-mouse"];
      await terminal.weir(["tui", "lab.csv", ...more]);
      await terminal.shows(/60 readings of 2 sensors/);
      await terminal.press("q");
      assert.equal(await terminal.code(), 0);
      const drawn = await terminal.drawn();
      assert.equal(drawn.includes("\x1b[?1000h"), wanted);
      assert.equal(drawn.includes("\x1b[?1000l"), wanted);
    }
  },
);

terminalTest("tui draws in ASCII in a locale that is not UTF-8", async () => {
  await using run = await openFile();
  const { terminal } = run;
  await terminal.weir(["tui", "lab.csv"], { env: { LC_ALL: "C" } });
  const screen = await terminal.shows(/-- Sensors -[^]*lux-0 [^]*\+---/);
  assert.match(screen, /^[\x20-\x7e\n]*$/);
  await terminal.press("q");
  assert.equal(await terminal.code(), 0);
});

terminalTest("tui says that a dumb terminal is no use to it", async () => {
  await using run = await openFile();
  const { terminal } = run;
  await terminal.weir(["tui", "lab.csv"], { env: { TERM: "dumb" } });
  assert.equal(await terminal.code(), 2);
  assert.match(await terminal.screen(), /no dumb one/);
});

terminalTest("tui is whole after a storm of sizes", async () => {
  await using run = await openFile();
  const { terminal } = run;
  await terminal.weir(["tui", "lab.csv"]);
  await terminal.shows(/60 readings of 2 sensors/);
  for (let n = 0; n < 12; n++) await terminal.resize(60 + 11 * n, 15 + 3 * n);
  await terminal.resize(80, 24);
  await terminal.shows(
    /^ weir .*\n 60 readings.*\n── Sensors ─{60,} 2 ──\n(.*\n){20}.*q quit/,
  );
  await terminal.press("q");
  assert.equal(await terminal.code(), 0);
});
