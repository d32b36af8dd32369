import assert from "node:assert/strict";
import { findOverlap } from "../pipeline/mqtt/topic_filter.ts";

for (
  const [first, second, how] of [
    ["a", "b", "none"],
    ["a", "a/b", "none"],
    ["a", "a", "covers"],
    ["#", "a", "covers"],
    ["#", "+/+", "covers"],
    ["+/#", "#", "covers"],
    ["o/#", "o", "covers"],
    ["o/#", "o/x", "covers"],
    ["o/#", "o/+/y", "covers"],
    ["o/#", "p/x", "none"],
    ["+", "a", "covers"],
    ["+", "a/b", "none"],
    ["+/x", "o/x", "covers"],
    ["+/x", "o/y", "none"],
    ["+/+", "o/x", "covers"],
    ["+", "/a", "none"],
    ["+/a", "/a", "covers"],
    ["a/+/#", "a/#", "covered"],
    ["a/+", "+/b", "partial"],
    ["a/+/c", "a/b/#", "partial"],
    ["o/#", "+/x", "partial"],
    ["+/b/#", "a/#", "partial"],
    ["a/+", "b/#", "none"],
    ["#", "$SYS/#", "none"],
    ["+/broker", "$SYS/broker", "none"],
    ["$SYS/#", "$SYS/broker/+", "covers"],
    ["$share/g/o/#", "o/x", "covers"],
    ["$share/g/o/x", "$share/h/o/x", "covers"],
    ["$share/g/#", "$SYS/x", "none"],
    ["$share/o/x", "o/x", "none"],
  ]
) {
  const [wide, narrow] = how === "covered" ? [second, first] : [first, second];
  Deno.test(`of ${first} and ${second}: ${how}`, () => {
    const expected = how === "none"
      ? undefined
      : { wide, narrow, covered: how !== "partial" };
    assert.deepEqual(findOverlap([first, second]), expected);
    const swapped = findOverlap([second, first]);
    assert.equal(swapped?.covered, expected?.covered);
  });
}

Deno.test("a filter that covers another is found before a partial overlap", () => {
  assert.deepEqual(findOverlap(["a/+", "+/b", "c", "a/b"]), {
    wide: "a/+",
    narrow: "a/b",
    covered: true,
  });
  assert.deepEqual(findOverlap(["a/+", "+/b", "c", "#"]), {
    wide: "#",
    narrow: "a/+",
    covered: true,
  });
});
