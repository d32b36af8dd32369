import assert from "node:assert/strict";
import { inTime, LEAPING, startPrompt } from "./helpers/virtual_boards.ts";

const FOLDER = new URL("./firmware/", import.meta.url);

// MicroPython's own unittest runs each file of tests/firmware on a board of its own.
for (
  const { name } of [...Deno.readDirSync(FOLDER)].sort((a, b) =>
    a.name < b.name ? -1 : 1
  )
) {
  Deno.test(`On the board, ${name} passes`, () =>
    inTime((async () => {
      await using board = await startPrompt({
        clock: LEAPING,
        files: { [name]: await Deno.readTextFile(new URL(name, FOLDER)) },
      });
      board.adc(512);
      await board.waitFor(/>>> $/);
      board.type(
        `import unittest; unittest.main('${name.replace(".py", "")}')\r`,
      );
      const output = await board.waitFor(
        /\n(Ran \d+ tests|Traceback)[^]*\n>>> $/,
      );
      assert.match(output, /Ran [1-9]\d* tests\r?\n\r?\nOK/, output);
    })()));
}
