/**
 * What a CSV says must not depend on the library that writes it: jsr/csv here,
 * the original of @std/csv in `deno task originals`.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  checkRecording,
  csv,
  csvFormat,
  isRecording,
} from "../pipeline/mod.ts";
import { readCells } from "../pipeline/recording/quotes.ts";
import { EVENT, flow, HEADER, ROW } from "./helpers/csv_rows.ts";
import { makeFolder } from "./helpers/folder.ts";

/** Texts, and the cells that they are. */
const CELLS = [
  ["plain", "plain"],
  ["", ""],
  [" padded ", " padded "],
  ["a,b", '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['"', '""""'],
  ['""', '""""""'],
  ["line\nbreak", '"line\nbreak"'],
  ["carriage\rreturn", '"carriage\rreturn"'],
  ["both\r\n", '"both\r\n"'],
  ["\r", '"\r"'],
  ["\n", '"\n"'],
  ["\ufeffmark", "\ufeffmark"],
  ["a;b\tc", "a;b\tc"],
  ["'", "'"],
  ["=1+1", "=1+1"],
  ["#no comment", "#no comment"],
  ["Ünï¢ødé 🌡️\u2028", "Ünï¢ødé 🌡️\u2028"],
] as const;

Deno.test("a text is the same cell with either library, and is read as the same text", () => {
  const { rows } = csvFormat();
  for (const [text, cell] of CELLS) {
    const row = rows([{ sensor_id: text, ts: 0, val: text }]);
    assert.equal(row, `0.000,1970-01-01T00:00:00.000Z,${cell},${cell}\r\n`);
    assert.deepEqual(readCells(row), [
      "0.000",
      "1970-01-01T00:00:00.000Z",
      text,
      text,
    ]);
  }
});

Deno.test("cells are read, or why they cannot be", () => {
  for (
    const [line, cells] of [
      ["a,b\r\n", ["a", "b"]],
      ["a,b\n", ["a", "b"]],
      ["a,b", ["a", "b"]],
      [",\n", ["", ""]],
      ["\n", [""]],
      ['"",""""\n', ["", '"']],
      ['"a\r\nb"\r\n', ["a\r\nb"]],
      ["\ufeffa,b\n", ["\ufeffa", "b"]],
      ['"a\n', "unclosed"],
      ['a,"b""\n', "unclosed"],
      ['a"b"\n', "misplaced"],
      ['"a"b,c\n', "misplaced"],
      [' "a"\n', "misplaced"],
      ['"a" \n', "misplaced"],
      ['"a""b"c"d"\n', "misplaced"],
      ["a\rb,c\n", "misplaced"],
    ] as const
  ) {
    assert.deepEqual(readCells(line), cells, JSON.stringify(line));
  }
});

/** What a file holds, and what check says of it. */
const FILES = [
  ["a byte order mark", "\ufeff" + HEADER + ROW, []],
  ["CRLF in a quoted cell", HEADER + ROW.replace("lux-1", '"a\r\nb"'), []],
  ["an empty line", HEADER + "\r\n" + ROW, ["2: an empty line"]],
  ["a line of spaces", HEADER + "  \t\r\n" + ROW, ["2: an empty line"]],
  ["empty lines at the end", HEADER + ROW + "\n\r\n", [
    "3: an empty line",
    "4: an empty line",
  ]],
  ["a CR without quotes", HEADER + ROW.replace("lux-1", "a\rb"), [
    "2: its quotes are wrong",
  ]],
  ["LF for line ends", (HEADER + ROW).replaceAll("\r\n", "\n"), []],
  ["quoted names", '"timestamp","datetime","sensor_id","value"\r\n' + ROW, []],
] as const;

for (const [what, text, found] of FILES) {
  Deno.test(`check and append say the same of ${what} with either library`, async () => {
    await using folder = await makeFolder();
    const path = folder.path("test.csv");
    await Deno.writeTextFile(path, text);
    const problems: string[] = [];
    await checkRecording(path, {
      onProblem: ({ line, text }) => problems.push(`${line}: ${text}`),
    });
    assert.deepEqual(problems, found);
    assert.equal(await isRecording(path), true);
    await csv(path, { log: (text) => assert.fail(text) })(flow([EVENT]));
    const bytes = await Deno.readFile(path);
    const after = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    assert.equal(after, text + ROW);
  });
}
