import os from "node:os";

/** How many processors other programs use, seen over a second of waiting. */
export async function busyProcessors(): Promise<number> {
  const before = times();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const after = times();
  const busy = after.busy - before.busy;
  const idle = after.idle - before.idle;
  return busy / (busy + idle) * os.cpus().length;
}

function times(): { busy: number; idle: number } {
  let [busy, idle] = [0, 0];
  for (const { times } of os.cpus()) {
    busy += times.user + times.nice + times.sys + times.irq;
    idle += times.idle;
  }
  return { busy, idle };
}
