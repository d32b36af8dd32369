import { fileURLToPath } from "node:url";

Deno.test("the bench runs through: a row for weir, durable messages, what tui loads and record does not", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "bench", "--messages", "10000", "--runs", "1"],
    cwd: fileURLToPath(import.meta.resolve("../")),
  }).output();
  const told = new TextDecoder().decode(stdout);
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  for (
    const line of [
      // Events a second, the ratio to mqtt.js, memory, the time to the first row.
      /^weir +[\d,]+ +\d+\.\d\d .* ms$/m,
      /^durable, through Mosquitto: [\d,]+ messages\/s /m,
      // That it loads no Ink, the bench itself holds.
      /^record: \d+ modules of weir, .*mqtt/m,
      /^tui: \d+ modules of weir, .*\bink\b/m,
    ]
  ) {
    if (!line.test(told)) throw new Error(`${line}\n${told}`);
  }
});
