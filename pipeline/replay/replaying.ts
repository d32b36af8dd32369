import type { Replayed, ReplayOptions } from "./replay_settings.ts";

export type { Replayed, ReplayOptions };

/**
 * Publishes recordings again, at the pace at which they were recorded or faster.
 * Each reading becomes the array `[sensor_id, ts, val]`, with the device's time
 * if the recording has it. A file of rejects becomes the messages that it keeps
 * whole.
 *
 * @throws {WeirError} if a file cannot be read, the connection fails, or a
 * reading has no topic.
 *
 * @example
 * ```ts
 * import { broker, replayMessages } from "../mod.ts";
 *
 * await using local = await broker({ port: 0 });
 * const path = `${await Deno.makeTempDir()}/lab.jsonl`;
 * await Deno.writeTextFile(path, '{"sensor_id":"a","ts":1,"val":2,"topic":"lab"}\n');
 * const { messages } = await replayMessages(local.url, [path], { speed: Infinity });
 * if (messages !== 1) throw messages;
 * ```
 */
export async function replayMessages(
  url: string,
  paths: readonly string[],
  options: ReplayOptions = {},
): Promise<Replayed> {
  const { runReplay } = await import("./replay_recordings.ts");
  return await runReplay(url, paths, options);
}
