import type { MosquittoOptions } from "./mosquitto.ts";

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
  for (;;) {
    const text = await Deno.readTextFile(`${folder}/log`);
    const found = text.split("\n").filter((line) => pattern.test(line));
    if (found.length >= count) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
