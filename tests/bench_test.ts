import { fileURLToPath } from "node:url";

Deno.test("the bench runs through and its table has a row for weir", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "bench", "--messages", "10000", "--runs", "1"],
    cwd: fileURLToPath(import.meta.resolve("../")),
  }).output();
  const table = new TextDecoder().decode(stdout);
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  // Events a second, the ratio to mqtt.js, memory, the time to the first row.
  if (!/^weir +[\d,]+ +\d+\.\d\d .* ms$/m.test(table)) throw new Error(table);
});
