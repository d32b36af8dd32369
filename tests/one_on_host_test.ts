import assert from "node:assert/strict";
import { marked, takeName } from "../pipeline/mqtt/one_on_host.ts";

/** A name that no other test of this host uses. */
const nameOfTest = () => crypto.randomUUID();

async function isFree(name: string): Promise<boolean> {
  const taken = await takeName(name);
  if (typeof taken === "number") return false;
  taken[Symbol.dispose]();
  return true;
}

Deno.test("a name has one holder on this host, and is free after it", async () => {
  const name = nameOfTest();
  const first = await takeName(name);
  assert.ok(typeof first !== "number");
  assert.equal(await takeName(name), Deno.pid);
  assert.ok(await isFree(nameOfTest()));
  first[Symbol.dispose]();
  assert.ok(await isFree(name));
});

for (const [what, text] of [["is silent", ""], ["speaks", "220 mail\r\n"]]) {
  Deno.test(`another program that ${what} on the port of a name does not keep it`, async () => {
    const name = nameOfTest();
    const program = Deno.listen({
      hostname: "127.0.0.1",
      port: marked(name).ports[0],
    });
    const accepted: Deno.Conn[] = [];
    const accepting = (async () => {
      for await (const connection of program) {
        accepted.push(connection);
        await connection.write(new TextEncoder().encode(text));
      }
    })();
    using holder = await takeName(name) as Disposable;
    assert.equal(typeof holder, "object");
    assert.equal(await takeName(name), Deno.pid);
    program.close();
    await accepting;
    for (const connection of accepted) connection.close();
    // The first port is free now, and the name is not.
    assert.equal(await takeName(name), Deno.pid);
  });
}

Deno.test("without the permission to listen a name is not taken, and the start goes on", async () => {
  const one = new URL("../pipeline/mqtt/one_on_host.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", "--allow-net=localhost:1883", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`
    import { takeName } from ${JSON.stringify(one.href)};
    console.log(typeof await takeName("x"));
  `));
  await writer.close();
  const { stdout } = await child.output();
  assert.equal(new TextDecoder().decode(stdout), "object\n");
});
