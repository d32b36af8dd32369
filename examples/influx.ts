// Records to InfluxDB, or to what else takes its line protocol over HTTP, such
// as VictoriaMetrics and QuestDB. No message is lost: the broker keeps it until
// its point is stored. After a crash, a few may be stored again.
import {
  lineProtocol,
  mqtt,
  openSession,
  parse,
  pipe,
  type SensorEvent,
  stamp,
} from "../pipeline/mod.ts";

const [
  url = "mqtt://localhost",
  influx = "http://localhost:8086/api/v2/write?org=lab&bucket=lab",
] = Deno.args;
const token = Deno.env.get("INFLUX_TOKEN") ?? "";
const ending = new AbortController();
const { signal } = ending;
Deno.addSignalListener("SIGINT", () => ending.abort());

/** Stores events; tries again until the server has them. */
async function store(events: readonly SensorEvent[]): Promise<void> {
  const body = lineProtocol(events);
  const headers = { authorization: `Token ${token}` };
  for (;;) {
    const problem = await fetch(influx, { method: "POST", headers, body })
      .then(async (answer) => {
        const text = await answer.text();
        if (answer.ok) return undefined;
        // What it does not understand now, it will not understand later.
        if (answer.status === 400) throw new Error(`InfluxDB refused: ${text}`);
        return `${answer.status} ${text}`;
      }, (error: Error) => error.message);
    if (problem === undefined) return;
    console.error(`Trying again: ${problem}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    if (signal.aborted) throw new Error(problem);
  }
}

const lab = { clientId: "lab-influx", url, signal };
await using session = await openSession("lab-influx", lab);
await pipe(
  mqtt(url, "lab/#", { session, signal, wait: true }),
  parse(),
  stamp(),
  async (flow) => {
    for await (const events of flow) await store(events);
  },
);
