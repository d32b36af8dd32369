import { publishMessages } from "../../pipeline/mod.ts";

const SENSORS = 200;
const PUBLISHERS = 20;

/** Without a new row for so many milliseconds, no more will come. */
const PATIENCE = 120_000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Publishes the samples with these numbers, also while nodes go. Resolves with
 * how many it sent again.
 */
export async function publishSamples(
  urlOf: () => string,
  { from = 0, to }: { from?: number; to: number },
  onPublished: () => void = () => {},
): Promise<number> {
  let again = 0;
  const publisher = async (first: number) => {
    let next = first;
    let attempt = 0;
    async function* samples() {
      for (; next < to; next += PUBLISHERS) {
        if (attempt > 0) again++;
        const payload = sampleOf(next, attempt++);
        yield { topic: topicOf(next), payload };
        attempt = 0;
        onPublished();
      }
    }
    while (next < to) {
      await publishMessages(urlOf(), samples(), { qos: 1 })
        // While its nodes elect a leader, a cluster takes nothing.
        .catch(() => sleep(200));
    }
  };
  await Promise.all(
    Array.from({ length: PUBLISHERS }, (_, index) => publisher(from + index)),
  );
  return again;
}

const topicOf = (number: number) => `sensors/s${number % SENSORS}`;

/** Each attempt is a message of its own: its number is the value's whole part. */
const sampleOf = (number: number, attempt: number) =>
  `["s${number % SENSORS}", ${number}, ${number + attempt / 1000}]`;

/** Reads the rows of all files, as they grow. */
export function createReader(folder: string) {
  const sizes = new Map<string, number>();
  const seen = new Set<number>();
  const latest = new Map<string, number>();
  const sent = new Set<string>();
  let doubled = 0;
  let rows = 0;
  let disordered = 0;

  const look = async () => {
    for await (const path of files(folder)) {
      const text = await Deno.readTextFile(path);
      const from = sizes.get(path) ?? text.indexOf("\n") + 1;
      const to = text.lastIndexOf("\n") + 1;
      if (to <= from) continue;
      sizes.set(path, to);
      for (const line of text.slice(from, to - 2).split("\r\n")) {
        const [, , sensor, value] = line.split(",");
        const number = Math.floor(Number(value));
        if (sent.has(value)) doubled++;
        sent.add(value);
        rows++;
        if (!seen.has(number) && number < (latest.get(sensor) ?? 0)) {
          disordered++;
        }
        seen.add(number);
        latest.set(sensor, Math.max(number, latest.get(sensor) ?? 0));
      }
    }
  };
  return {
    /** Resolves when so many messages are there, or none has come for long. */
    async until(messages: number) {
      let since = performance.now();
      while (performance.now() - since < PATIENCE) {
        const before = rows;
        await look();
        if (seen.size >= messages) return;
        if (rows > before) since = performance.now();
        await sleep(50);
      }
    },
    async count(messages: number) {
      await look();
      return { rows, doubled, missing: messages - seen.size, disordered };
    },
  };
}

async function* files(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) continue;
    for await (const file of Deno.readDir(`${folder}/${name}`)) {
      if (file.name.endsWith(".csv")) yield `${folder}/${name}/${file.name}`;
    }
  }
}
