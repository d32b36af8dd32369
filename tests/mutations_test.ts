import assert from "node:assert/strict";
import { makeFolder } from "./helpers/folder.ts";
import { run } from "./helpers/run.ts";

/** Parts of the algorithm, and what breaks them: a file, a text, another. */
const BREAKS: [what: string, file: string, from: string, to: string][] = [
  [
    "a message is known again by its id alone",
    "durable/redelivery.ts",
    "const hash = hashOf(message);",
    "const hash = 1;",
  ],
  [
    "a message is known by its content also where equal ones come",
    "durable/redelivery.ts",
    "!earlier.areAlike(hash) && !habits.repeats(topic)",
    "true",
  ],
  [
    "what is settled by something new is not noted",
    "durable/redelivery.ts",
    "if (earlier.reached() === undefined) settle(before);",
    "",
  ],
  [
    "a message of which nothing tells whether it is old is left out",
    "durable/redelivery.ts",
    "next.hash === hash ? next : DOUBT",
    "next.hash === hash ? next : latest",
  ],
  [
    "a message that was acknowledged is forgotten at once",
    "durable/redelivery.ts",
    "if (left.length === 0) return findAnswered(topic, id, hash, safe);",
    "if (left.length === 0) return undefined;",
  ],
  [
    "one that equals an acknowledged message is left out",
    "durable/redelivery.ts",
    "one.unique && !habits.repeats(topic) ? one : DOUBT",
    "one",
  ],
  [
    "an acknowledgement confirms all positions before its own",
    "mqtt/acknowledge.ts",
    "for (const { position } of due) addPosition(sent, position);",
    "sent = [[0, due[due.length - 1].position]];",
  ],
  [
    "the ledger does not say that a session is being connected",
    "durable/session_subscription.ts",
    'await note({ kind: "connecting" });',
    "",
  ],
  [
    "an acknowledgement is sent when the connection is gone",
    "mqtt/acknowledge.ts",
    "if (!client.connected) return 0;",
    "",
  ],
  [
    "a message is taken that came on a connection before this one",
    "mqtt/intake.ts",
    "mine !== acknowledgements",
    "false",
  ],
  [
    "an acknowledgement counts for received as soon as it is sent",
    "mqtt/acknowledge.ts",
    "client.sendPing();",
    "ask();",
  ],
  [
    "nobody asks again once there was nothing to ask about",
    "mqtt/intake.ts",
    "session && acknowledgements?.unconfirmed",
    "session",
  ],
  [
    "messages are acknowledged before they are safe",
    "mqtt/intake.ts",
    "await session?.commits.commit(done + count);\n      done += count;\n      acknowledge();",
    "done += count;\n      acknowledge();\n      await session?.commits.commit(done);",
  ],
  [
    "the ledger is not synced",
    "durable/ledger.ts",
    "await output.sync();",
    "",
  ],
  [
    "a sink gets messages whose identities are not in the ledger",
    "durable/session_store.ts",
    "inTurn(() => append(safe, NOTHING, NOTHING, position))",
    "Promise.resolve()",
  ],
  [
    "the position that a sink has committed is not looked at",
    "durable/session_store.ts",
    "Math.max(before.safe, committed)",
    "before.safe",
  ],
  [
    "messages that a sink got and did not commit are taken for known",
    "durable/session_store.ts",
    "if (identity.position <= safe) memory",
    "memory",
  ],
  [
    "how many are possibly doubled is forgotten in a crash",
    "durable/session_store.ts",
    "doubled: doubled.of(position, upTo),",
    "",
  ],
  [
    "the rows are not synced before the ledger forgets them",
    "durable/single_file.ts",
    "await csv.sync();",
    "",
  ],
  [
    "a file is closed before its rows are synced",
    "durable/rotating_files.ts",
    "await syncRows(file);\n    file.tail.close();",
    "file.tail.close();",
  ],
  [
    "the ledger does not have the header of a new file",
    "durable/ledger_part.ts",
    "const isNew = offset <= first.length;",
    "const isNew = false;",
  ],
  [
    "a file is removed before its compressed copy is synced",
    "recording/rotation/gzip_file.ts",
    "await output.sync();",
    "",
  ],
  [
    "rows that a failed sync may have dropped are not written again",
    "recording/append_file.ts",
    "if (file.failed) {",
    "if (false) {",
  ],
  [
    "the start does not complete what the recording lacks",
    "recording/redo.ts",
    "if (await complete(path, offset, bytes, create)) return undefined;",
    "if (bytes) return undefined;",
  ],
];

/** So many runs at most; most breaks show in the first ones. */
const RUNS = "600";

for (const [what, file, from, to] of BREAKS) {
  Deno.test(`the model notices where ${what}`, async () => {
    await using folder = await makeFolder();
    await copy("pipeline", folder.path("pipeline"));
    await copy("tests/model", folder.path("tests/model"));
    const path = folder.path(`pipeline/${file}`);
    const parts = (await Deno.readTextFile(path)).split(from);
    assert.equal(parts.length, 2, `${file} has not once: ${from}`);
    await Deno.writeTextFile(path, parts.join(to));
    const found = await run(Deno.execPath(), [
      ...["run", "-A", "-q", "--no-check", "--frozen", "--config"],
      ...[`${ROOT}deno.json`, folder.path("tests/model/find_fault.ts"), RUNS],
    ]);

    assert.match(found, /^seed /);
  });
}

const ROOT = new URL("../", import.meta.url).pathname;

/** Copies a folder of the checkout. */
async function copy(name: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(`${ROOT}${name}`)) {
    const [source, target] = [`${name}/${entry.name}`, `${to}/${entry.name}`];
    if (entry.isDirectory) await copy(source, target);
    else await Deno.copyFile(`${ROOT}${source}`, target);
  }
}
