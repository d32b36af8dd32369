import assert from "node:assert/strict";
import { makeFolder } from "../helpers/folder.ts";
import { testNeeding } from "../helpers/needs.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { weir } from "../helpers/weir.ts";

/** How each shell starts without a person's own settings, and loads a script. */
const SHELLS = {
  bash: { start: ["bash", "--norc"], load: 'eval "$(cat script)"' },
  zsh: {
    start: ["zsh", "-f"],
    load: 'autoload -U compinit; compinit -u -D; eval "$(cat script)"',
  },
  fish: { start: ["fish", "--no-config"], load: "source ./script" },
};

for (const [shell, { start, load }] of Object.entries(SHELLS)) {
  testNeeding(
    { [shell]: shell, tmux: "tmux" },
    `${shell} completes commands, options and file names`,
    async () => {
      await using folder = await makeFolder();
      await using printing = weir(["completions", shell]);
      assert.equal(await printing.code, 0, printing.stderr.text());
      await Deno.writeTextFile(folder.path("script"), printing.stdout.text());
      await Deno.writeTextFile(folder.path("lux-2026.csv"), "");
      await using terminal = await openTerminal(folder.path("."), 120, 40);
      await terminal.run(start);
      await terminal.shows(/[$%>#] *\n*$/);
      await terminal.type(`${load}; printf 'rea''dy\\n'`);
      await terminal.press("Enter");
      await terminal.shows(/^ready/m);
      for (
        const [typed, completed] of [
          ["weir rec", /weir record$/m],
          ["weir record --durat", /weir record --duration$/m],
          ["weir record sensor-data lux-2", /sensor-data lux-2026\.csv/],
          ["weir record x y --print py", /x y --print python$/m],
          ["weir sub x -q 2 --mqtt 3 --print js", /--print json$/m],
          ["weir record x y --ca x --timest", /--timestamps$/m],
          ["weir sub x -b a --print cs", /-b a --print csv$/m],
          ["weir ask lux-1 sam", /weir ask lux-1 sample$/m],
          ["weir completions fi", /weir completions fish$/m],
          ["weir sub x --ca lux-2", /sub x --ca lux-2026\.csv/],
        ] as const
      ) {
        await terminal.type(typed);
        await terminal.press("Tab");
        await terminal.shows(completed);
        await terminal.press("C-u");
      }
    },
  );
}

Deno.test("weir completions names the shells there are", async () => {
  await using run = weir(["completions", "tcsh"]);
  assert.equal(await run.code, 2);
  assert.equal(
    run.stderr.text(),
    "There are completions for bash, zsh, fish, not for tcsh.\n",
  );
});
