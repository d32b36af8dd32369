import type { Snapshot, Source } from "../../run/run_snapshot.ts";

/**
 * A viewer of a run that is no terminal UI: it writes a line whenever the line
 * is another one. It needs `run/` alone, as every viewer does.
 */
export function viewLines(
  run: Source,
  write: (line: string) => void,
): Disposable {
  let last: string | undefined;
  const draw = () => {
    const line = lineOf(run.snapshot());
    if (line !== last) write(last = line);
  };
  const unsubscribe = run.subscribe(draw);
  // What the disk does is no event.
  const timer = setInterval(draw, 50);
  draw();
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      unsubscribe();
      draw();
    },
  };
}

/** `connected · recording test.csv · 3 rows, 3 safe · lux-1 = 21.5` */
function lineOf({ connection, recorder, live }: Snapshot): string {
  const { state, path = "", rows, synced, waiting, lost } = recorder;
  const sensors = [...live.sensors.values()].map(({ latest }) =>
    `${latest.sensor_id} = ${latest.val}`
  );
  return [
    connection.state,
    `${state} ${path.split("/").at(-1)}`.trim(),
    `${rows} rows, ${synced} safe`,
    ...waiting > 0 ? [`${waiting} waiting`] : [],
    ...lost > 0 ? [`${lost} lost`] : [],
    ...sensors,
  ].join(" · ");
}
