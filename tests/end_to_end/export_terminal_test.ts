import assert from "node:assert/strict";
import { makeFolder } from "../helpers/folder.ts";
import { terminalTest } from "../helpers/needs.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { weir } from "../helpers/weir.ts";

const ID = "\x1b[31mred\x1b[2J";

terminalTest(
  "export escapes what it writes to a terminal, and nothing elsewhere",
  async () => {
    await using folder = await makeFolder();
    const path = folder.path("lab.csv");
    await Deno.writeTextFile(
      path,
      "timestamp,datetime,sensor_id,value\r\n" +
        `1484535480.613,2017-01-16T02:58:00.613Z,${ID},1\r\n`,
    );
    await using elsewhere = weir(["export", path, "-"]);
    assert.equal(await elsewhere.code, 0);
    assert.ok(elsewhere.stdout.text().includes(`,${ID},1\r\n`));

    await using terminal = await openTerminal(folder.path(""));
    await terminal.weir(["export", path, "-"]);
    await terminal.shows(/,\\x1b\[31mred\\x1b\[2J,1$/m);
    assert.ok(!(await terminal.drawn()).includes(ID));
  },
);
