import assert from "node:assert/strict";
import type { Command } from "../cli/define_command.ts";
import { defineCommand } from "../cli/define_command.ts";
import { readConnection, readPassword } from "../cli/connection_options.ts";
import { formatDuration, readDuration } from "../cli/duration.ts";
import { readSize } from "../cli/size.ts";
import { checkOverlap, readTopics } from "../cli/topic_arguments.ts";
import { asUsageError } from "../cli/usage_error.ts";
import { WeirError } from "../pipeline/mod.ts";
import { makeFolder } from "./helpers/folder.ts";
import { longName, type Option } from "../cli/define_option.ts";
import { readArguments } from "../cli/read_arguments.ts";
import { UsageError } from "../cli/usage_error.ts";

/** Every command that is declared in commands/. */
const commands = new Map<string, Command>();
for (const { name: file } of Deno.readDirSync("commands")) {
  const module = await import(`../commands/${file}`);
  const { command } = module.completing?.({}) ?? module;
  commands.set(file.replace(".ts", ""), command);
}

/** As many arguments as a command needs. */
const needed = ({ arguments: declared = "" }: Command) =>
  [...declared.matchAll(/<\w+>/g)].map((_, index) => `argument-${index}`);

/** The ways to write each option of each command. */
function* written(): Generator<[string, Command, Option, string]> {
  for (const [name, command] of commands) {
    for (const option of Object.values<Option>(command.options ?? {})) {
      for (const [flag] of option.flags.matchAll(/(?<!\S)--?[\w-]+/g)) {
        yield [name, command, option, flag];
      }
    }
  }
}

const refuses = (
  [name, command]: readonly [string, Command],
  typed: string[],
  message: RegExp,
) =>
  assert.throws(
    () => readArguments(name, command, [...needed(command), ...typed]),
    (error) => error instanceof UsageError && message.test(error.message),
    `weir ${name} ${typed.join(" ")}`,
  );

Deno.test("every command is declared with examples of its own, and its options once each", () => {
  assert.ok(commands.size >= 12);
  for (const [name, { examples }] of commands) {
    assert.ok(examples.length > 0);
    assert.match(examples[0][1], new RegExp(`weir ${name}\\b`));
  }
  const flags = [...written()].map(([name, , , flag]) => `${name} ${flag}`);
  assert.equal(new Set(flags).size, flags.length);
});

Deno.test("no option of any command takes an empty value", () => {
  let tried = 0;
  for (const [name, command, { flags }, flag] of written()) {
    if (!flags.includes("<")) {
      refuses([name, command], [`--${longName(flags).slice(2)}=`], /no value/);
      continue;
    }
    tried++;
    refuses([name, command], [flag, ""], /^\S+ has an empty value\. /);
    refuses([name, command], [`${flag}=`], /^\S+ has an empty value\. /);
    refuses([name, command], [flag], /^\S+ needs a value: /);
    refuses([name, command], [flag, "--quiet"], /^\S+ needs a value: /);
    refuses(
      [name, command],
      [flag, " "],
      /is empty|, not {2}\.|not a (duration|size)/,
    );
  }
  assert.ok(tried > 60);
});

Deno.test("no unknown option of any command becomes an argument", () => {
  for (const each of commands) {
    for (const typed of ["--retian", "-x", "-5", "--constructor", "--a=b"]) {
      refuses(each, [typed], /^Unknown option /);
      refuses(each, [typed, "value"], /^Unknown option /);
    }
  }
});

Deno.test("an option has one value however it is written, and - is one", () => {
  const command = commands.get("record")!;
  for (
    const typed of [
      ["--qos", "1"],
      ["--qos=1"],
      ["-q", "1"],
      ["-q1"],
    ]
  ) {
    const read = readArguments("record", command, ["a", ...typed, "b.csv"]);
    assert.deepEqual(read!.args, ["a", "b.csv"]);
    assert.equal((read!.options as { qos: number }).qos, 1);
  }
  const read = readArguments("pub", commands.get("pub")!, [
    ...["a", "-", "--password-file", "-"],
  ]);
  assert.deepEqual(read!.args, ["a", "-"]);
});

Deno.test("what follows -- is no option", async () => {
  let published: string[] = [];
  const command = defineCommand({
    ...commands.get("pub")!,
    action: (_options, ...args) => published = args,
  });
  const read = readArguments("pub", command, [
    "a",
    "--retain",
    "--",
    "--retian",
  ]);
  await command.action(read!.options, ...read!.args);
  assert.deepEqual(published, ["a", "--retian"]);
  assert.equal((read!.options as { retain: boolean }).retain, true);
});

Deno.test("--help is answered whatever else is typed before it", () => {
  for (const [name, command] of commands) {
    assert.equal(readArguments(name, command, ["--help"]), undefined);
    assert.equal(readArguments(name, command, ["a", "-h"]), undefined);
  }
});

Deno.test("a broker's URL is shown without its login", async () => {
  const { shown } = await readConnection({ broker: "mqtt://ada:secret@pi" });
  assert.equal(shown, "mqtt://pi:1883");
});

Deno.test("a password is the first line of its file", async () => {
  await using folder = await makeFolder();
  for (const text of ["secret", "secret\n", "secret\r\nmore\n"]) {
    await Deno.writeTextFile(folder.path("password"), text);
    assert.equal(await readPassword(folder.path("password")), "secret");
  }
  await Deno.writeTextFile(folder.path("password"), "\nsecret\n");
  await assert.rejects(readPassword(folder.path("password")), UsageError);
});

Deno.test("durations are read as they are typed, and written as a person says them", () => {
  assert.equal(readDuration("90s"), 90);
  assert.equal(readDuration("10m"), 600);
  assert.equal(readDuration("1.5h"), 5400);
  assert.equal(readDuration("2d"), 172_800);
  for (const wrong of ["", "0s", "-1s", "1w", "10", "m", "1e3s"]) {
    assert.throws(() => readDuration(wrong), UsageError, wrong);
  }
  assert.equal(formatDuration(7.46), "7.5 s");
  assert.equal(formatDuration(1234), "20 min 34 s");
  assert.equal(formatDuration(3_553_200), "41 d 3 h");
});

Deno.test("sizes are read as they are typed", () => {
  assert.equal(readSize("100MB"), 100_000_000);
  assert.equal(readSize("1.5gb"), 1_500_000_000);
  assert.equal(readSize("500kB"), 500_000);
  assert.equal(readSize("0B"), 0);
  for (const wrong of ["", "100", "MB", "-1MB", "1TB", "1e3kB"]) {
    assert.throws(() => readSize(wrong), UsageError, wrong);
  }
});

Deno.test("topics are a command's argument and those of --topic, none of them twice", () => {
  assert.deepEqual(readTopics("a", ["b/#"]), ["a", "b/#"]);
  checkOverlap(["lab/+", "zigbee2mqtt/#"]);
  assert.throws(() => checkOverlap(["lab/+", "lab/#"]), UsageError);
});

Deno.test("what weir's checks refuse is wrong usage, with the facts that a hint needs", () => {
  assert.equal(asUsageError(() => 1), 1);
  const refused = () => {
    throw new WeirError("ERR_WEIR_ARGUMENT", "No.", { facts: { help: "ca" } });
  };
  assert.throws(
    () => asUsageError(refused),
    (error) => error instanceof UsageError && error.facts.help === "ca",
  );
  const broken = () => {
    throw new TypeError("a mistake of weir");
  };
  assert.throws(() => asUsageError(broken), TypeError);
});
