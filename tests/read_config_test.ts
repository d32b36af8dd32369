/** Config files: options and rules in TOML, and where a mistake in one stands. */
import assert from "node:assert/strict";
import { readConfig } from "../cli/read_config.ts";
import type { Command } from "../cli/define_command.ts";
import { readArguments } from "../cli/read_arguments.ts";
import { readRules } from "../cli/rule_options.ts";
import { locateKeys } from "../cli/toml_positions.ts";
import { UsageError } from "../cli/usage_error.ts";
import { command as record } from "../commands/record.ts";
import { command as sub } from "../commands/sub.ts";
import { makeFolder } from "./helpers/folder.ts";
import { readPage } from "./helpers/pages.ts";

/** What `weir record` reads from a file and a command line. */
async function read(
  toml: string,
  typed: string[] = [],
  command: Command = record,
) {
  await using folder = await makeFolder();
  await Deno.writeTextFile(folder.path("lab.toml"), toml);
  const config = await readConfig(folder.path("lab.toml"), {
    from: "--config",
    command,
    commands: () => Promise.resolve<Command[]>([record, sub]),
  });
  const { options, args } = readArguments("record", command, typed, config)!;
  return { options: options as Record<string, unknown>, args };
}

/** The rules that they come to. */
async function rulesOf(toml: string, typed: string[] = []) {
  const { options } = await read(toml, ["t", "x.csv", ...typed]);
  return readRules(options as Parameters<typeof readRules>[0]);
}

Deno.test("a config file is a command line: topics, file, and options by name", async () => {
  const { options, args } = await read(`
broker = "mqtts://pi"
username = "ada"
password-file = "pw"
topics = ["lab/#", "home/+"]
file = "lab.csv"
qos = 1
duration = "2h"
retained = true
overwrite = false
`);
  assert.deepEqual(args, ["lab/#", "lab.csv"]);
  assert.deepEqual(options.topics, ["home/+"]);
  assert.deepEqual(options.broker, ["mqtts://pi"]);
  assert.equal(options.username, "ada");
  assert.equal(options.passwordFile, "pw");
  assert.equal(options.qos, 1);
  assert.equal(options.seconds, 7200);
  assert.equal(options.retained, true);
  assert.equal(options.overwrite, false);
  assert.equal(options.timestamps, "host");
});

Deno.test("what is typed goes before the file", async () => {
  const toml = `topics = ["a", "b"]\nfile = "a.csv"\nqos = 1\nquiet = true`;
  const { options, args } = await read(toml, ["c", "--qos", "2"]);
  assert.deepEqual(args, ["c", "a.csv"]);
  assert.deepEqual(options.topics, []);
  assert.equal(options.qos, 2);
  assert.equal(options.quiet, true);
  const more = await read(toml, ["--topic", "c"]);
  assert.deepEqual(more.args, ["a", "a.csv"]);
  assert.deepEqual(more.options.topics, ["b", "c"]);
});

Deno.test("an option of another command is passed over", async () => {
  const { options } = await read('topic = "a"\ndurable = "lab"', [], sub);
  assert.equal(options.durable, undefined);
});

Deno.test("rules keep their order, and an option that is typed goes into each", async () => {
  const toml = `
time = "t"
exclude = ["logs/#"]

[[rule]]
filter = "rtl_433/+/events"
id = "{model}/{id}"
fields = ["temperature_C", "humidity"]

[[rule]]
filter = "cam/#"
exclude = true

[[rule]]
filter = "plug/#"
no-text = true
`;
  const excluded = { filter: "logs/#", exclude: true };
  const cam = { filter: "cam/#", exclude: true };
  const rtl = {
    filter: "rtl_433/+/events",
    id: "{model}/{id}",
    fields: ["temperature_C", "humidity"],
  };
  assert.deepEqual(await rulesOf(toml), [
    excluded,
    rtl,
    cam,
    { filter: "plug/#", text: false },
    { time: "t" },
  ]);
  assert.deepEqual(await rulesOf(toml, ["--id", "{x}"]), [
    excluded,
    { ...rtl, id: "{x}" },
    cam,
    { filter: "plug/#", id: "{x}", text: false },
    { time: "t", id: "{x}" },
  ]);
});

Deno.test("without an option and a rule there is no rule", async () => {
  assert.deepEqual(await rulesOf("retained = true"), []);
});

Deno.test("a mistake is told with its line and column", async () => {
  const mistakes: [toml: string, message: RegExp][] = [
    ['qos = 1\nbrokr = "x"', /:2:1: Unknown key brokr\. Did you mean broker\?/],
    ["qos = 7", /:1:1: --qos is 0, 1 or 2, not 7/],
    ["\n  qos = [1]", /:2:3: qos is text or a number, not a list/],
    ["quiet = 1", /:1:1: quiet is true or false, not a number/],
    ['topics = ["a", "b#"]', /:1:1: "b#" is not a topic/],
    ["topics = 3", /:1:1: topics is text, not a number/],
    ["file = 3", /:1:1: file is the name of a file/],
    ['a = "x"\na = "y"', /:2:\d+: not TOML: /],
    ["a = ", /:1:\d+: not TOML: /],
    ['password = "x"', /:1:1: A password has no place here.*password-file/],
    ['broker = ""', /:1:1: broker is empty/],
    ["file = 2026-11-26", /:1:1: file is the name of a file/],
    ["durable = 2026-11-26", /:1:1: durable is text or a number, not a date/],
    ['[rule]\nid = "x"', /:1:1: Rules are tables: write \[\[rule\]\]/],
    [
      'rule = [{ filter = "b#" }]',
      /:1:1: "b#" is not a topic/,
    ],
    [
      '[[rule]]\nfilter = "a"\n[[rule]] # two\nfilter = "a/#/b"',
      /:4:1: "a\/#\/b" is not a topic/,
    ],
    ['[[rule]]\nid = "{a"', /:2:1: --id: "\{a" is not an id/],
    ['[[rule]]\ntiem = "t"', /:2:1: Unknown key tiem of a rule\. .*time/],
    ['[[rule]]\nexclude = "a"', /:2:1: exclude is true or false/],
    ['[[rule]]\nbroker = "a"', /:2:1: Unknown key broker of a rule/],
    ['[[rule]]\ntopics = "a"', /:2:1: Unknown key topics of a rule/],
    ['"a\\u001b" = 1', /:1:1: Unknown key a\\x1b\./],
  ];
  for (const [toml, message] of mistakes) {
    await assert.rejects(
      read(toml, ["t", "x.csv"]),
      (error) => error instanceof UsageError && message.test(error.message),
      toml,
    );
  }
  await assert.rejects(
    readConfig("nowhere.toml", {
      from: "WEIR_CONFIG",
      command: record,
      commands: () => Promise.resolve([]),
    }),
    /^UsageError: WEIR_CONFIG: cannot read nowhere\.toml: there is no such file/,
  );
});

Deno.test("the config file in docs/rules.md is right", async () => {
  const [, toml] = /```toml\n([^]*?)```/.exec(await readPage("docs/rules.md"))!;
  const { args, options } = await read(toml);
  assert.deepEqual(args, ["rtl_433/#", "lab.csv"]);
  assert.equal(options.durable, "lab-recorder");
});

Deno.test("keys are found between strings, lists and comments that look like them", () => {
  const toml = `# key = 1
a = """
b = 1
[c]"""  # ]
list = [
  "d = 1", # e = 1
  'f',
]
"q k" = { g = 1 }
h.i = '''
[[rule]]'''
[[rule]]
b = "]"
[[ rule ]]
b = 2
[t.u]
v = 3
`;
  assert.deepEqual(
    [...locateKeys(toml)].map(([key, { line }]) => [key, line]),
    [
      ["a", 2],
      ["list", 5],
      ["q k", 9],
      ["h.i", 10],
      ["rule.0", 12],
      ["rule.0.b", 13],
      ["rule.1", 14],
      ["rule.1.b", 15],
      ["t.u", 16],
      ["t.u.v", 17],
    ],
  );
});
