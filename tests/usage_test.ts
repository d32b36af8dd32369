import assert from "node:assert/strict";
import { weir } from "./helpers/weir.ts";

/** What `weir` says of a command line, and its exit code. */
async function said(...args: string[]) {
  await using run = weir(args);
  const code = await run.code;
  return { code, stdout: run.stdout.text(), stderr: run.stderr.text() };
}

for (
  const [args, message] of [
    [
      ["record"],
      /^Missing argument: topic\.\nUsage: weir record <topic> <file>\nExample: weir record sensor-data test\.csv\n$/,
    ],
    [["record", "sensor-data"], /^Missing argument: file\.\nUsage: /],
    [["record", "sensor-data", "x.csv", "more"], /^Too many arguments: more\./],
    [
      ["record", "--qoss", "1", "x.csv"],
      /^Unknown option --qoss\. Did you mean --qos\? See weir record --help\.\n/,
    ],
    [["record", "sensor-data", "--overwrit"], /--overwrit\. Did you mean/],
    [["pub", "lamp/set", "--retian"], /--retian\. Did you mean --retain\?/],
    [["pub", "lamp/set", "--passwrd=s3cret"], /^Unknown option --passwrd\. /],
    [["pub", "heating/set", "-5"], /Unknown option -5\..*\n.*goes after --\./],
    [["pub", "a", "--foo"], /^Unknown option --foo\. See weir pub --help\./],
    [
      ["record", "test.csv", "sensor-data"],
      /^test\.csv is the name of a file, .* first: sensor-data test\.csv\n$/,
    ],
    [
      ["pub", "t", "[lux-1,", "624,", "1]"],
      /Put it in quotes: weir pub t '\["lux-1", 624, 1\]'\n$/,
    ],
    [
      ["pub", "t", "{on:", "true}"],
      /Put it in quotes: weir pub t '\{"on": true\}'\n$/,
    ],
    [["pub", "t", "two", "words"], /^Too many arguments: words\./],
    [
      ["record", "a", "-"],
      /^A recording needs the name of a file, .*: weir sub --print csv\n$/,
    ],
    [["record", "-", "x.csv", "-b", "pi"], /^- reads stdin, .* --broker: /],
    [["record", "a", ""], /^The name of the file is empty\. /],
    [["check", ""], /^The name of the file is empty\. /],
    [["record", "a", "x.csv", "--quiet=no"], /--quiet takes no value/],
    [["record", "a", "x.csv", "--qos"], /--qos needs a value/],
    [
      ["record", "a", "x.csv", "--durable", "--quiet"],
      /--durable needs a value: --durable <id>\. If that is --quiet: --durable=--quiet\n/,
    ],
    [
      ["record", "a", "x.csv", "-q", "1", "--qos=0"],
      /--qos is given twice/,
    ],
    [["record", "a/#/b", "x.csv"], /"a\/#\/b" is not a topic/],
    [["record", "a", "x.csv", "-t", "b+"], /"b\+" is not a topic/],
    [["record", "", "x.csv"], /The topic is empty/],
    [
      ["record", "o/x", "x.csv", "-t", "o/#"],
      /^The topic o\/# covers o\/x: .* Leave out o\/x\.\n$/,
    ],
    [["tui", "o/#", "-t", "o"], /o\/# covers o:/],
    [["record", "a", "x.csv", "-t", "a"], /The topic a is given twice/],
    [
      ["record", "a/+", "x.csv", "-t", "+/b", "--durable", "lab"],
      /--durable does not go with topics that overlap: .* a\/\+ and \+\/b/,
    ],
    [["record", "a", "x.csv", "--qos", "3"], /--qos is 0, 1 or 2, not 3/],
    [["record", "a", "x.csv", "--qos", "high"], /--qos is 0, 1 or 2, not high/],
    [["record", "a", "x.csv", "--mqtt", "4"], /--mqtt is 3 or 5, not 4/],
    [
      ["record", "a", "x.csv", "--print", "xml"],
      /python, json, .* or \w+, not xml/,
    ],
    [
      ["record", "a", "x.csv", "--timestamps", "mine"],
      /host, device or corrected, not mine/,
    ],
    [["record", "a", "x.csv", "--count", "0"], /--count is at least 1/],
    [["record", "a", "x.csv", "--duration", "90"], /Write it like 90s, 10m/],
    [["record", "a", "x.csv", "-b", "http://x"], /is not the URL of a broker/],
    [
      ["record", "a", "x.csv", "--cert", "c.pem"],
      /--cert and --key go together/,
    ],
    [["record", "a", "x.csv", "--ca", "c.pem"], /not encrypted.*mqtts/],
    [
      ["record", "a", "x.csv", "--password-file", "/no/such/file"],
      /--password-file: cannot read \/no\/such\/file: there is no such file/,
    ],
    [
      ["record", "a", "x.csv", "-b", "mqtt://:secret@localhost"],
      /A password goes with a user name/,
    ],
    [
      ["record", "a", "x.csv", "--durable", "lab", "-q", "0"],
      /--durable does not go with --qos 0/,
    ],
    [
      ["record", "a", "x.jsonl", "--safe-cells"],
      /--safe-cells does not go with JSON lines/,
    ],
    [
      ["tui", "a", "X.JSONL", "--safe-cells"],
      /--safe-cells does not go with JSON lines/,
    ],
    [
      ["record", "a", "x.csv", "--max-rejects", "100"],
      /"100" is not a size\. Write it like 500kB/,
    ],
    [["sub", "a", "--client-id", " "], /--client-id is empty/],
    [
      ["sub", "a", "-b", "mqtt://pi:1883/mqtt"],
      /"mqtt:\/\/pi:1883\/mqtt" has a path, which only ws/,
    ],
    [["pub", "", "x"], /The topic is empty/],
    [["pub", "a/+", "x"], /"a\/\+" is not a topic to publish on/],
    [["pub", "a", "-", "--password-file", "-"], /would come from stdin/],
    [["sub", "a", "--print", "xml"], /python, json, .* or \w+, not xml/],
    [["sub", "a", "--print", "csv", "-v"], /-v is for messages/],
    [["sub", "#/a"], /"#\/a" is not a topic/],
    [["broker", "--port", "70000"], /--port is from 0 to 65535/],
    [["recrod"], /^Unknown command recrod\. Did you mean record\? See/],
    [["tiu"], /^Unknown command tiu\. Did you mean tui\?/],
    [["frob"], /^Unknown command frob\. See weir --help\.\n$/],
    [[""], /^Unknown command ""\. See weir --help\.\n$/],
    [["--verison"], /^Unknown option --verison\. Did you mean --version\?/],
  ] as const
) {
  Deno.test(`weir ${args.join(" ")}: wrong usage, in a sentence, with exit code 2`, async () => {
    const { code, stdout, stderr } = await said(...args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n\s+at /);
    assert.doesNotMatch(stdout, /SensorEvent/);
  });
}

Deno.test("a URL that is wrong is shown without its password", async () => {
  for (
    const url of ["mqt://ada:s3cret@pi", "ada:s3cret@", "mqtt://ada:s3cret@"]
  ) {
    const { code, stderr } = await said("record", "a", "x.csv", "-b", url);
    assert.equal(code, 2);
    assert.ok(!stderr.includes("s3cret"), stderr);
  }
});

Deno.test("topics that only overlap are warned of", async () => {
  const topics = ["a/+", "x.csv", "-t", "+/b", "-b", "mqtt://127.0.0.1:1"];
  const { code, stderr } = await said("record", ...topics);
  assert.equal(code, 1);
  assert.match(stderr, /^Warning: the topics a\/\+ and \+\/b overlap\. .*\n/);
});

Deno.test("weir --version prints name and version", async () => {
  const { code, stdout } = await said("--version");
  assert.equal(code, 0);
  assert.match(stdout, /^weir:? \d+\.\d+\.\d+/);
});

Deno.test("weir without arguments shows on one screen what it is and how to begin", async () => {
  const { code, stdout } = await said();
  assert.equal(code, 0);
  const lines = stdout.trimEnd().split("\n");
  assert.ok(lines.length < 24, `${lines.length} lines`);
  for (const line of lines) assert.ok(line.length <= 80, line);
  assert.match(
    lines[0],
    /^weir \d+\.\d+\.\d+ records MQTT sensors to a CSV\.$/,
  );
  const begin = lines.slice(2, 5).map((line) => line.trim().split(" ")[1]);
  assert.deepEqual(begin, ["demo", "record", "tui"]);
  const { stdout: help } = await said("--help");
  const names = [...help.matchAll(/^ {2}([a-z]+) .*$/gm)].map(([, name]) =>
    name
  );
  assert.ok(names.length >= 12);
  assert.deepEqual(
    lines.slice(lines.findIndex((line) => /^Commands/.test(line)) + 1)
      .map((line) => line.trim().split(" ")[0]),
    names,
    "the order is that of the help",
  );
});

Deno.test("weir --help, and every command's, show what there is", async () => {
  const { code, stdout } = await said("--help");
  assert.equal(code, 0);
  const commands = [...stdout.matchAll(/^ {2}(\w+)\s+(?:\[options\]\s*)?.*$/gm)]
    .map(([, name]) => name);
  for (const command of ["record", "sub", "pub", "broker", "demo"]) {
    assert.ok(commands.includes(command), stdout);
    const help = await said(command, "--help");
    assert.equal(help.code, 0);
    assert.match(help.stdout, /Examples:/);
    assert.ok(help.stdout.includes(`weir ${command}`), help.stdout);
  }
});

Deno.test("weir --help shows a line for each command", async () => {
  const { stdout } = await said("--help");
  const list = stdout.slice(stdout.indexOf("Commands:\n")).split("\n").slice(1)
    .filter((line) => line.trim() !== "");
  for (const line of list) assert.match(line, /^ {2}\w+ .* \S/);
  assert.match(stdout, /^ {2}record .* Record sensors to a CSV: .*value\. *$/m);
});
