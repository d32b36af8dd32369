import { useInput, usePaste, useStdin, useStdout, useWindowSize } from "ink";
import type { Key } from "ink";
import { useEffect, useReducer, useRef, useState } from "react";
import { chartWindow } from "./chart_window.ts";
import { lineOf } from "./edit.ts";
import { answerText } from "./event_text.ts";
import type { Painter } from "./painter.ts";
import { keysIn, press } from "./read_keys.ts";
import type { Act, Context } from "./pressed.ts";
import { type MouseEvent, pressedBy, readMouse } from "./mouse.ts";
import { pageSize, placesOf, screenRows } from "./screen.ts";
import { listRows } from "./list.ts";
import { AXIS } from "./time_axis.ts";
import { listMessages } from "./stream.ts";
import type { Actions, Snapshot, Source } from "../run/run_snapshot.ts";
import { FIRST_UI, type Ui } from "./ui.ts";

/** What the app is given. */
export interface AppProps {
  /** Where the snapshots come from. */
  source: Source;
  /** What a person can do. */
  actions: Actions;
  /** What is shown first. */
  first?: Ui;
  /** Receives what a person has chosen to see. */
  onChange?: (ui: Ui) => void;
  /** Gives the terminal back to the shell for a while. */
  suspend?: () => void;
  /** Draws the screen. */
  paint: Painter;
}

/**
 * The least time from one drawing of new readings to the next, in ms. Eyes
 * follow no more numbers than that, and each drawing takes processor time and
 * bytes on the way to the terminal. A key is drawn at once.
 */
const FRAME = 500;

/** At this many messages a second, drawing once a second is enough. */
const BUSY = 20;

/** The least time between drawings then, in ms. */
const BUSY_FRAME = 900;

/** How long readings that come together are waited for, in ms. */
const GATHER = 100;

/** A clock that was drawn so many milliseconds ago waits for the next second. */
const CLOCK = 600;

/**
 * The terminal UI: draws snapshots as they come, and does what the keys say.
 */
export function App(
  { source, actions, first = FIRST_UI, onChange, suspend, paint }: AppProps,
) {
  const { columns, rows } = useWindowSize();
  const snapshot = useSnapshot(source);
  // What a key changes must be there for the next one, drawn or not.
  const chosen = useRef<Ui>(first);
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const show = (ui: Ui) => {
    chosen.current = ui;
    onChange?.(ui);
    draw();
  };

  // The run keeps messages only while somebody looks at them.
  const looks = /^message/.test(chosen.current.view);
  useEffect(() => {
    if (!looks) return;
    const watching = actions.watchMessages();
    return () => watching[Symbol.dispose]();
  }, [looks, actions]);

  useBell(snapshot);

  const act = async (todo: Act) => {
    try {
      if (todo.do === "suspend") return suspend?.();
      if (todo.do === "ask") {
        show({ ...chosen.current, notice: `Asking ${todo.id} …` });
        const notice = answerText(await actions.ask(todo.id));
        return show({ ...chosen.current, notice });
      }
      if (todo.do === "explain") {
        const explained = await actions.explain(todo.message);
        const { stream } = chosen.current;
        if (stream.selected !== todo.message) return;
        return show({ ...chosen.current, stream: { ...stream, explained } });
      }
      await perform(
        todo,
        actions,
        (dialog) => show({ ...chosen.current, dialog }),
      );
      if (todo.do === "publish") {
        show({ ...chosen.current, notice: `Published on ${todo.topic}` });
      } else if (todo.do === "clear") {
        const notice = `Cleared the retained message on ${todo.topic}`;
        show({ ...chosen.current, notice });
      } else if (todo.do === "mark") {
        show({ ...chosen.current, notice: `Marked: ${todo.text}` });
      } else draw();
    } catch (error) {
      show({ ...chosen.current, notice: (error as Error).message });
    }
  };
  const handle = (input: string, key: Partial<Key>) => {
    const context = contextOf(snapshot, chosen.current, columns, rows);
    // What is drawn may be older than what the last key did.
    context.recorder = source.snapshot().recorder;
    const { ui, act: todo } = press(chosen.current, input, key, context);
    show(ui);
    if (todo) void act(todo);
  };
  const point = (event: MouseEvent) => {
    const ui = chosen.current;
    const context = contextOf(snapshot, ui, columns, rows);
    const places = placesOf({ snapshot, ui, columns, rows }, context.list);
    const { keys, selected } = pressedBy(event, ui, context, places);
    if (selected !== undefined) show({ ...ui, selected, top: places.list.top });
    for (const [one, which] of keys) handle(one, which);
  };
  useMouse(point);
  useInput((input, key) => {
    for (const [one, which] of keysIn(input, key)) handle(one, which);
  });
  usePaste((text) => {
    const { dialog } = chosen.current;
    // What is pasted is text: in the list it is no row of commands.
    if (dialog && dialog.kind !== "quit" && dialog.kind !== "help") {
      handle(text, {});
    }
  });
  const screen = screenRows({ snapshot, ui: chosen.current, columns, rows });
  useEffect(() => paint(screen, columns));
  // Ink has the keys, the size and the second screen. It draws nothing.
  return null;
}

async function perform(
  todo: Exclude<Act, { do: "ask" | "explain" | "suspend" }>,
  actions: Actions,
  open: (dialog: Ui["dialog"]) => void,
): Promise<void> {
  const { byHand } = actions;
  switch (todo.do) {
    case "quit":
      return actions.quit();
    case "publish":
      return await actions.publish(todo.topic, todo.payload);
    case "clear":
      return await actions.clearRetained(todo.topic);
    case "mark":
      return await actions.mark(todo.text);
    case "start":
      return await byHand?.start(todo.path);
    case "askFile": {
      const line = lineOf(await byHand?.suggestFile() ?? "");
      return open({ kind: "file", line, next: todo.next });
    }
    default:
      return await byHand?.[todo.do]();
  }
}

function contextOf(
  snapshot: Snapshot,
  ui: Ui,
  columns: number,
  rows: number,
): Context {
  const list = listRows(snapshot.live.sensors, ui);
  const [topic = ""] = snapshot.topics;
  const selected = snapshot.live.sensors.get(list.id ?? "");
  const listed = list.rows.length;
  const shown = ui.compared.length > 0 ? ui.compared : [list.id ?? ""];
  const charted = shown.flatMap((id) => snapshot.live.sensors.get(id) ?? []);
  const window = chartWindow(charted, ui, snapshot);
  return {
    list,
    messages: listMessages(snapshot, ui.stream),
    stream: snapshot.messages,
    charted: {
      sensors: charted,
      window,
      step: (window.to - window.from) / Math.max(1, columns - 1 - AXIS),
    },
    now: snapshot.now,
    page: pageSize({ snapshot, ui, columns, rows, listed }),
    recorder: snapshot.recorder,
    isFile: snapshot.file !== undefined,
    topic: /[+#]/.test(topic) ? selected?.latest.topic ?? "" : topic,
  };
}

/** Listens to the mouse: Ink passes over what it is no key of. */
function useMouse(point: (event: MouseEvent) => void): void {
  const { stdin } = useStdin();
  const latest = useRef(point);
  latest.current = point;
  useEffect(() => {
    const listen = (sent: unknown) => {
      for (const event of readMouse(String(sent))) latest.current(event);
    };
    stdin.on("data", listen);
    return () => void stdin.off("data", listen);
  }, [stdin]);
}

/** Rings the terminal's bell once for each alarm that goes off. */
function useBell({ alarms }: Snapshot): void {
  const { stdout } = useStdout();
  const rung = useRef<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    if ([...alarms.keys()].some((id) => !rung.current.has(id))) {
      stdout.write("\x07");
    }
    rung.current = alarms;
  }, [alarms, stdout]);
}

/** The latest snapshot: soon after something came in, else once a second. */
function useSnapshot(source: Source): Snapshot {
  const [snapshot, setSnapshot] = useState(() => source.snapshot());
  useEffect(() => {
    let drawn = 0;
    let frame = FRAME;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      clearTimeout(timer);
      drawn = performance.now();
      const taken = source.snapshot();
      setSnapshot(taken);
      frame = taken.traffic.messages < BUSY ? FRAME : BUSY_FRAME;
      // The clock goes on at the next whole second, or soon after it if readings
      // are drawn then: each drawing costs bytes on the way to the terminal.
      const rest = 1000 - Date.now() % 1000;
      timer = setTimeout(draw, rest < CLOCK ? rest + 1000 : rest);
    };
    let waiting = false;
    const soon = () => {
      if (waiting) return;
      waiting = true;
      clearTimeout(timer);
      timer = setTimeout(() => {
        waiting = false;
        draw();
      }, Math.max(GATHER, drawn + frame - performance.now()));
    };
    const unsubscribe = source.subscribe(soon);
    draw();
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [source]);
  return snapshot;
}
