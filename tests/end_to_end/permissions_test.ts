import assert from "node:assert/strict";
import { broker, publish } from "../../pipeline/mod.ts";
import { makeFolder } from "../helpers/folder.ts";
import { run } from "../helpers/run.ts";
import { PAGES, readPage } from "../helpers/pages.ts";
import { MAIN, weir } from "../helpers/weir.ts";

Deno.test("record needs net to one host and port, and one folder, and nothing else", async () => {
  await using local = await broker({ port: 0 });
  await using folder = await makeFolder();
  await using recording = weir(
    ["record", "x", folder.path("x.csv"), "-b", local.url, "--count", "1"],
    {
      permissions: [
        `--allow-net=127.0.0.1:${local.port}`,
        `--allow-read=${folder.path(".")}`,
        `--allow-write=${folder.path(".")}`,
        "--allow-env=WEIR_BROKER,WEIR_USERNAME,WEIR_PASSWORD",
        // mqtt.js looks through the environment for its debugging switches.
        "--ignore-env",
      ],
    },
  );
  await recording.stderr.match(/^Connected/);
  await publish(local.url, "x", ["1"]);
  assert.equal(await recording.code, 0, recording.stderr.text());
  assert.match(await folder.read("x.csv"), /,x,1\r\n$/);
});

Deno.test("record says which permission it was started without", async () => {
  await using folder = await makeFolder();
  const real = await Deno.realPath(folder.path("."));
  await Deno.mkdir(folder.path("sub"));
  for (
    const [file, cwd] of [
      [`${real}/x.csv`, undefined],
      ["../x.csv", folder.path("sub")],
    ]
  ) {
    await using recording = weir(["record", "x", file!], {
      permissions: ["-P"],
      cwd,
    });
    assert.equal(await recording.code, 1);
    assert.equal(
      recording.stderr.text(),
      `Cannot write ${file}: Deno was started without the permission for it. Add: --allow-read=${real} --allow-write=${real}\n`,
    );
  }
});

Deno.test("with -qP nothing but weir speaks, and no page or task leaves out the q", async () => {
  const said = async (flags: string) => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", flags, MAIN, "--version"],
    }).output();
    assert.equal(code, 0);
    return new TextDecoder().decode(stderr);
  };
  assert.match(await said("-P"), /experimental/, "-q is of no use any more");
  assert.equal(await said("-qP"), "");
  for (const page of [...PAGES, "deno.json"]) {
    assert.doesNotMatch(await readPage(page), /deno run -P/, page);
  }
});

Deno.test("check says which permission it was started without", async () => {
  await using folder = await makeFolder();
  await using checking = weir(["check", folder.path("x.csv")], {
    permissions: ["-P"],
  });
  assert.equal(await checking.code, 1);
  assert.match(
    checking.stderr.text(),
    /^Cannot read .*permission for it\. Add: --allow-read=\S+\n$/,
  );
});

Deno.test("record gives up at its start what opens devices and runs programs", async () => {
  const script = `
    import { dropPermissions } from ${
    JSON.stringify(import.meta.resolve("../../cli/drop_permissions.ts"))
  };
    const granted = () =>
      ["run", "ffi", "net", "read", "write", "env", "sys"].filter((name) =>
        Deno.permissions.querySync({ name }).state === "granted");
    dropPermissions("deploy");
    console.log(granted().join());
    dropPermissions("record");
    console.log(granted().join());`;
  assert.equal(
    await run(Deno.execPath(), ["eval", script]),
    "run,ffi,net,read,write,env,sys\nnet,read,write,env,sys\n",
  );
});
