import type { MosquittoOptions } from "./mosquitto.ts";
import { until } from "./until.ts";

/** Lets a Mosquitto log every packet into its folder. */
export const logging: MosquittoOptions = {
  config: (folder) =>
    `log_dest file ${folder}/log
log_type all
max_queued_messages 0`,
};

/** The lines of that log that match, as soon as there are so many. */
export async function logged(
  folder: string,
  pattern: RegExp,
  count: number,
): Promise<string[]> {
  let found: string[] = [];
  await until(`${count} lines of the broker with ${pattern}`, async () => {
    const text = await Deno.readTextFile(`${folder}/log`);
    found = text.split("\n").filter((line) => pattern.test(line));
    return found.length >= count;
  });
  return found;
}
