import { sha256sums } from "../build/sha256_sums.ts";
import { makeFolder } from "./helpers/folder.ts";
import { run } from "./helpers/run.ts";

Deno.test({
  name: "sha256sum takes the sums of the executables, and sees a changed one",
  // That of GNU; others have other options.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using folder = await makeFolder();
    const names = ["weir-x86_64-unknown-linux-gnu", "weir.exe"];
    for (const name of names) {
      await Deno.writeTextFile(folder.path(name), `this is ${name}`);
    }
    const sums = await sha256sums(folder.path("."), names);
    await Deno.writeTextFile(folder.path("SHA256SUMS"), sums);
    const check = () =>
      run("sh", [
        "-c",
        'cd "$1" && sha256sum --check --strict SHA256SUMS',
        "sh",
        folder.path("."),
      ]);
    const said = await check();
    if (said !== names.map((name) => `${name}: OK\n`).join("")) throw said;
    await Deno.writeTextFile(folder.path(names[1]), "something else");
    const seen = await check().then(() => false, () => true);
    if (!seen) throw new Error("A changed file was taken.");
  },
});
