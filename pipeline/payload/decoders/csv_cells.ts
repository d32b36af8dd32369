import { parse } from "@std/csv";
import type { MakeDecoder } from "../decoder.ts";
import { parseJson } from "../json.ts";
import { mendJson } from "../mend_json.ts";
import { Unreadable } from "../outcome.ts";
import { checkText } from "../text.ts";
import { decodeUtf8, stripText } from "../utf8.ts";

/** CSV (RFC 4180): a line is a record, several lines are an array of records. */
export const csvDecoder: MakeDecoder =
  ({ columns }) => ({ payload }, exact) => {
    const rows = parseRows(stripText(decodeUtf8(payload)));
    const records = rows.map((cells, at) => {
      if (columns && cells.length !== columns.length) {
        const line = rows.length > 1 ? `line ${at + 1}: ` : "";
        throw new Unreadable(
          `${line}${cells.length} ${
            cells.length === 1 ? "cell" : "cells"
          } for ${columns.length} columns`,
        );
      }
      return Object.fromEntries(
        cells.map((cell, at) => [columns?.[at] ?? at, readCell(cell, exact)]),
      );
    });
    return records.length > 1 ? records : records[0];
  };

function parseRows(text: string): string[][] {
  // The rest of the payload would be one cell.
  if (text.split('"').length % 2 === 0) {
    throw new Unreadable("a quote without the one that ends it");
  }
  return parse(text);
}

/** A number, also one that is none (`nan`); a cell with nothing in it is a gap. */
function readCell(cell: string, exact: boolean): unknown {
  const text = cell.trim();
  if (text === "") return null;
  const json = /^[-+]?(\d|nan|inf)/i.test(text)
    ? mendJson(text).text
    : undefined;
  if (json !== undefined) return parseJson(json, exact);
  checkText(text);
  return text;
}
