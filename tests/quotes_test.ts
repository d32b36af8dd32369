import assert from "node:assert/strict";
import { csvFormat } from "../pipeline/mod.ts";
import { beginsInQuotes, outsideQuotes } from "../pipeline/recording/quotes.ts";

const TEXTS = [
  ...["lux-1", "a,b", "two\nlines", "\n", "", '"', '""', ',"\n', '\n"', '",\n'],
  ...['{"a":1,\n"b":"x"}', '1.000,,"lux-1",2\r\n1.000,,lux-1,2\r\n', '","'],
];

Deno.test("text from the middle of a CSV never says that it begins elsewhere than it does", () => {
  const { rows } = csvFormat();
  let told = 0;
  for (const first of TEXTS) {
    for (const second of TEXTS) {
      const csv = rows([
        { sensor_id: first, ts: 1, val: second },
        { sensor_id: "lux-1", ts: 2, val: first },
        { sensor_id: second, ts: 3, val: 3 },
      ]);
      const outside = new Set(outsideQuotes(csv, "\n"));
      for (let at = 0; (at = csv.indexOf("\n", at) + 1) > 0;) {
        // A crash may tear it anywhere.
        for (let end = at; end <= csv.length; end++) {
          const said = beginsInQuotes(csv.slice(at, end));
          if (said === undefined) continue;
          told++;
          assert.equal(said, !outside.has(at - 1), JSON.stringify([csv, at]));
        }
      }
    }
  }
  assert.ok(told > 1000, `${told}`);
});

Deno.test("text with a quote around half a cell does not say whether it begins in quotes", () => {
  assert.equal(beginsInQuotes('1.0,,"lux-1",2\r\n'), false);
  assert.equal(beginsInQuotes('lines",2\r\n1.0,,"lux-1",2\r\n'), true);
  assert.equal(beginsInQuotes("1.0,,lux-1,2\r\n"), undefined);
  assert.equal(beginsInQuotes('1.0,,lux"1,2\r\n'), undefined);
  assert.equal(
    beginsInQuotes('1.0,,"lux-1,2\r\n1.0,,"lux-1",2\r\n'),
    undefined,
  );
});
