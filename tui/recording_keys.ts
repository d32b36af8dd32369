import type { Binding, Context, Press } from "./pressed.ts";

const byHand = ({ durable }: Context["recorder"]) => !durable;
const running = ({ state }: Context["recorder"]) => state !== "stopped";

/** Why a durable recording has no keys of its own, and what there is instead. */
const noticeDurable: Press = (ui, { recorder }) => ({
  ui: {
    ...ui,
    notice: running(recorder)
      ? "Durable: it cannot be stopped, paused or moved. q ends it; the broker keeps new messages."
      : "The durable recording has ended. Quit with q and start again: the broker keeps new messages.",
  },
});

/** The keys of a recording that is run by hand. */
export const RECORDING_KEYS: readonly Binding[] = [
  {
    help: ["r", "start a recording (it asks for a file), stop it"],
    footer: (_ui, recorder) => ["r", running(recorder) ? "stop" : "record"],
    least: 4,
    ofRun: true,
    when: byHand,
    instead: noticeDurable,
    keys: {
      r: (ui, { recorder }) => ({
        ui,
        act: running(recorder)
          ? { do: "stop" }
          : { do: "askFile", next: false },
      }),
    },
  },
  {
    help: ["space", "pause: shown, not written; again: written"],
    footer: (_ui, recorder) =>
      running(recorder)
        ? ["space", recorder.state === "paused" ? "resume" : "pause"]
        : undefined,
    least: 3,
    views: ["sensors", "chart", "broker", "log"],
    ofRun: true,
    when: byHand,
    instead: noticeDurable,
    keys: {
      " ": (ui, { recorder }) =>
        running(recorder)
          ? {
            ui,
            act: { do: recorder.state === "paused" ? "resume" : "pause" },
          }
          : { ui: { ...ui, notice: "Not recording: r starts it" } },
    },
  },
  {
    help: ["n", "go on in a new file; no reading is left out"],
    footer: (_ui, recorder) => running(recorder) ? ["n", "new"] : undefined,
    least: 1,
    ofRun: true,
    when: byHand,
    instead: noticeDurable,
    keys: {
      n: (ui, { recorder }) => ({
        ui,
        act: { do: "askFile", next: running(recorder) },
      }),
    },
  },
];

/** Asks first while something is recorded. */
export const QUIT: Press = (ui, { recorder }) =>
  running(recorder)
    ? { ui: { ...ui, dialog: { kind: "quit", durable: recorder.durable } } }
    : { ui, act: { do: "quit" } };
