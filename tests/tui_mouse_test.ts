/** The mouse and the locale of the terminal UI. */
import assert from "node:assert/strict";
import { isAsciiLocale, toAscii } from "../tui/ascii.ts";
import { width } from "../tui/fit_text.ts";
import { readMouse } from "../tui/mouse.ts";

Deno.test("a mouse's reports are read, and nothing else is one", () => {
  assert.deepEqual(readMouse("\x1b[<0;10;5M"), [
    { kind: "press", column: 9, row: 4 },
  ]);
  const kinds = readMouse("x\x1b[<64;1;1M\x1b[<65;1;1M\x1b[<2;1;1M");
  assert.deepEqual(kinds.map(({ kind }) => kind), ["up", "down"]);
  const others = ["\x1b[<0;10;5m", "[<0;1;1M", "q", "", "\x1b[A"];
  for (const text of [...others, "\x1b[200~\x1b[<0;1;1M\x1b[201~"]) {
    assert.deepEqual(readMouse(text), [], text);
  }
});

Deno.test("in ASCII a text is as wide as it was", () => {
  for (
    const text of ["── Log ──", "▁▄█ ⣀⠉⣿", "● ok · 20 °C", "温度e\u0301👩‍🔬", "a"]
  ) {
    const ascii = toAscii(text);
    assert.match(ascii, /^[\x20-\x7e]*$/);
    assert.equal(ascii.length, width(text), text);
  }
  assert.equal(toAscii("▁▄█ ⣀⠉⣿"), "_-# .':");
});

Deno.test("a locale that is named and is not UTF-8 means ASCII", () => {
  const locale = (env: Record<string, string>) =>
    isAsciiLocale((name) => env[name]);
  assert.equal(locale({ LANG: "en_US.UTF-8" }), false);
  assert.equal(locale({ LANG: "en_US.utf8", LC_ALL: "C" }), true);
  assert.equal(locale({ LANG: "de_DE.ISO-8859-1" }), true);
  assert.equal(locale({ LC_CTYPE: "C.UTF-8", LANG: "C" }), false);
  assert.equal(locale({}), false);
});
