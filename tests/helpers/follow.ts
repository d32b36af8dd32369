import type { Board } from "../../firmware/simulator/mod.ts";

/**
 * Types a session as it is printed in the tutorial, and compares: what is typed and what comes must be the same, where
 * `...` stands for what differs from board to board, and `^C` is typed.
 */
export async function follow(board: Board, session: string): Promise<void> {
  await board.waitFor(/>>> $/);
  let from = board.output.length;
  let expected = "";
  for (const line of session.trim().split("\n").map((text) => text.trim())) {
    if (line.startsWith(">>> ")) {
      if (expected) await board.waitFor(matcher(expected + ">>> "), from);
      from = board.output.length;
      board.type(line.slice(4) + "\r");
      expected = line.slice(4) + "\n";
    } else if (line === "^C") {
      await board.waitFor(matcher(expected), from);
      board.type("\x03");
      expected += "...KeyboardInterrupt...";
    } else {
      expected += line + "\n";
    }
  }
  await board.waitFor(matcher(expected + ">>> "), from);
}

function matcher(expected: string): RegExp {
  const pattern = expected.split(/(\.\.\.|<closure>|\n)/).map((part) => {
    if (part === "...") return "[^]*?";
    if (part === "\n") return "\\r?\\n";
    // A board's build says no more of a closure; this one tells what it closes over.
    if (part === "<closure>") return "<closure[^\\n]*>";
    return RegExp.escape(part);
  });
  return new RegExp("^" + pattern.join(""));
}
