import assert from "node:assert/strict";
import { escape, jsonLine } from "../pipeline/mod.ts";

/** What shows as nothing, or as something else than it is. */
const HIDDEN = [
  ["a control character", "\x1b", "\\x1b"],
  ["one of C1", "\x9b", "\\x9b"],
  ["a line separator", "\u2028", "\\u2028"],
  ["a mark of direction", "\u202e", "\\u202e"],
  ["a soft hyphen", "\u00ad", "\\xad"],
  ["a zero width space", "\u200b", "\\u200b"],
  ["a word joiner", "\u2060", "\\u2060"],
  ["a byte order mark", "\ufeff", "\\ufeff"],
  ["a tag", "\u{e0041}", "\\U000e0041"],
] as const;

for (const [what, character, written] of HIDDEN) {
  Deno.test(`${what} is escaped, in JSON so that it is the same`, () => {
    assert.equal(escape(`a${character}b`), `a${written}b`);
    const json = jsonLine({ text: `a${character}b` });
    assert.ok(!json.includes(character), json);
    assert.deepEqual(JSON.parse(json), { text: `a${character}b` });
  });
}

Deno.test("half of a surrogate pair is escaped", () => {
  assert.equal(escape("a\ud800b"), "a\\ud800b");
});

Deno.test("what scripts and emoji need stays", () => {
  const text = "Küche 光 می\u200cخواهم 👩\u200d🔬 🌡\ufe0f";
  assert.equal(escape(text), text);
  assert.equal(jsonLine(text), JSON.stringify(text));
});
