import { mqtt } from "../../pipeline/mod.ts";

/** What a subscriber has heard. */
export interface Listener extends AsyncDisposable {
  /** Payloads in the order in which they came, by topic. */
  on(topic: string): string[];
  /** Resolves with the payloads of a topic once they are as wanted. */
  until(
    topic: string,
    wanted: (payloads: string[]) => boolean,
  ): Promise<string[]>;
}

/** Subscribes to everything; resolves when subscribed. */
export async function listen(url: string): Promise<Listener> {
  const ending = new AbortController();
  const heard = new Map<string, string[]>();
  const waiting = new Set<() => void>();
  const on = (topic: string) => heard.get(topic) ?? [];
  const ready = Promise.withResolvers<void>();
  const ended = (async () => {
    const flow = mqtt(url, "#", {
      qos: 1,
      signal: ending.signal,
      onStatus: ({ state }) => state === "connected" && ready.resolve(),
    });
    for await (const batch of flow) {
      for (const { topic, payload } of batch) {
        heard.set(topic, [...on(topic), new TextDecoder().decode(payload)]);
      }
      for (const look of waiting) look();
    }
  })();
  await Promise.race([ready.promise, ended]);
  return {
    on,
    until: (topic, wanted) =>
      new Promise((resolve) => {
        const look = () => {
          if (!wanted(on(topic))) return;
          waiting.delete(look);
          resolve(on(topic));
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      ending.abort();
      await ended;
    },
  };
}
