import type { Line } from "../edit.ts";
import type { Row } from "../styled_rows.ts";
import { cut, visible, width } from "../fit_text.ts";
import type { Dialog, Ui } from "../ui.ts";
import { THEME } from "../theme.ts";

/**
 * What is asked at the bottom of the screen, or what came of the last action;
 * no rows if there is nothing.
 */
export function dialogRows({ dialog, notice }: Ui, columns: number): Row[] {
  if (!dialog || dialog.kind === "help") {
    return notice === undefined
      ? []
      : wrap(visible(notice), columns - 2).slice(0, 2).map((text) => [
        { text: ` ${text}`, ...THEME.question },
      ]);
  }
  return asked(dialog, columns);
}

function asked(
  dialog: Exclude<Dialog, { kind: "help" }>,
  columns: number,
): Row[] {
  switch (dialog.kind) {
    case "quit":
      return [[
        {
          text: dialog.durable
            ? " Stop recording and quit? The broker keeps what comes. y/n"
            : " Stop recording and quit? y/n",
          bold: true,
          ...THEME.warning,
        },
      ]];
    case "clear": {
      const question = " Clear this retained message for everybody? y/n  ";
      const topic = cut(visible(dialog.topic), columns - question.length);
      return [[
        { text: question, bold: true, ...THEME.warning },
        { text: topic },
      ]];
    }
    case "search":
    case "filter":
      return [input("Filter", dialog.line, columns, true)];
    case "mark":
      return [input("Mark", dialog.line, columns, true)];
    case "file":
      return [
        input(
          dialog.next ? "Go on in file" : "Record to file",
          dialog.line,
          columns,
          true,
        ),
      ];
    case "publish": {
      const { field, topic, payload } = dialog;
      return [
        input("Publish on topic", topic, columns, field === "topic"),
        input("Payload         ", payload, columns, field === "payload"),
      ];
    }
  }
}

const characters = new Intl.Segmenter();

/** A line that is being typed; what does not fit is scrolled to the left. */
function input(
  name: string,
  { text, cursor, offered = false }: Line,
  columns: number,
  active: boolean,
): Row {
  const room = columns - name.length - 5;
  const [under = "", ...after] = split(text.slice(cursor));
  const before = split(text.slice(0, cursor));
  let used = width(visible(under)) || 1;
  let shownBefore = "";
  for (const character of before.reverse()) {
    used += width(visible(character));
    if (used > room) break;
    shownBefore = visible(character) + shownBefore;
  }
  let shownAfter = "";
  for (const character of after) {
    used += width(visible(character));
    if (used > room) break;
    shownAfter += visible(character);
  }
  return [
    { text: ` ${name}: `, bold: active, dim: !active },
    { text: shownBefore, inverse: active && offered },
    { text: visible(under) || " ", inverse: active },
    shownAfter,
  ];
}

function split(text: string): string[] {
  return Array.from(characters.segment(text), ({ segment }) => segment);
}

/** Text in rows of so many columns, broken between words. */
export function wrap(text: string, columns: number): string[] {
  const rows = [""];
  for (const word of text.split(" ")) {
    const longer = rows.at(-1) === "" ? word : `${rows.at(-1)} ${word}`;
    if (width(longer) <= columns) rows[rows.length - 1] = longer;
    else rows.push(word);
  }
  return rows;
}
