import { lineOf } from "./edit.ts";
import { selectedAt, type Stream } from "./stream.ts";
import type { Binding, Context, Press } from "./pressed.ts";

const LIST = ["messages"] as const;
const ONE = ["message"] as const;
const BOTH = [...LIST, ...ONE] as const;

/** Selects a message, and holds the stream: it would run away. */
const select =
  (to: (at: number, context: Context) => number): Press => (ui, context) => {
    const { messages } = context;
    const at = to(selectedAt(messages, ui.stream), context);
    const selected = messages[Math.max(0, Math.min(messages.length - 1, at))];
    const held = ui.stream.held ?? context.stream;
    return { ui: { ...ui, stream: { ...ui.stream, selected, held } } };
  };

const scroll = (step: number): Press => (ui) => ({
  ui: {
    ...ui,
    stream: { ...ui.stream, top: Math.max(0, ui.stream.top + step) },
  },
});

/** Shows the latest ones again, as they come. */
const follow = (stream: Stream): Stream => (
  { ...stream, held: undefined, selected: undefined }
);

const hold: Press = (ui, { stream }) => ({
  ui: {
    ...ui,
    stream: ui.stream.held ? follow(ui.stream) : { ...ui.stream, held: stream },
  },
});

const open: Press = (ui, context) => {
  const selected = context.messages[selectedAt(context.messages, ui.stream)];
  if (!selected) return { ui };
  const held = ui.stream.held ?? context.stream;
  const stream = { ...ui.stream, held, selected, explained: undefined, top: 0 };
  return {
    ui: { ...ui, view: "message", stream },
    act: { do: "explain", message: selected },
  };
};

/** Asks first: it is gone for everybody. */
const clear: Press = (ui, { messages }) => {
  const selected = messages[selectedAt(messages, ui.stream)];
  if (!selected) return { ui };
  return selected.retain
    ? { ui: { ...ui, dialog: { kind: "clear", topic: selected.topic } } }
    : {
      ui: { ...ui, notice: "Not a retained message: the broker keeps none." },
    };
};

/** The keys of the stream of messages, and of one of them. */
export const MESSAGE_KEYS: readonly Binding[] = [
  {
    help: ["m", "the messages as they come: topic and payload"],
    footer: ({ view }) => view === "messages" ? undefined : ["m", "messages"],
    least: 5,
    ofRun: true,
    keys: {
      m: (ui) => ({
        ui: { ...ui, view: ui.view === "messages" ? "sensors" : "messages" },
      }),
    },
  },
  {
    help: ["space", "in the messages: hold them, go on"],
    footer: ({ stream }) => ["space", stream.held ? "go on" : "hold"],
    views: LIST,
    keys: { " ": hold, return: open },
  },
  {
    views: LIST,
    keys: {
      upArrow: select((at) => at - 1),
      downArrow: select((at) => at + 1),
      pageUp: select((at, { page }) => at - page),
      pageDown: select((at, { page }) => at + page),
      home: select(() => 0),
      g: select(() => 0),
      "/": (ui) => ({
        ui: {
          ...ui,
          dialog: {
            kind: "search",
            line: lineOf(ui.stream.filter),
            before: ui.stream.filter,
          },
        },
      }),
    },
    footer: () => ["/", "filter"],
  },
  {
    views: LIST,
    keys: {
      end: (ui) => ({ ui: { ...ui, stream: follow(ui.stream) } }),
      G: (ui) => ({ ui: { ...ui, stream: follow(ui.stream) } }),
    },
  },
  {
    footer: () => ["↑↓", "scroll"],
    views: ONE,
    keys: {
      upArrow: scroll(-1),
      downArrow: scroll(1),
      pageUp: scroll(-10),
      pageDown: scroll(10),
    },
  },
  {
    help: ["x", "clear a retained message; it asks first"],
    footer: () => ["x", "clear"],
    least: 2,
    views: BOTH,
    keys: { x: clear },
  },
];
