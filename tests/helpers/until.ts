/** Waits, for a minute at most, until something is so. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until a file has text that matches. */
export function untilFile(path: string, pattern: RegExp): Promise<void> {
  return until(
    `${pattern} in ${path}`,
    async () =>
      pattern.test(
        await Deno.readTextFile(path).catch((error) => {
          if (error instanceof Deno.errors.NotFound) return "";
          throw error;
        }),
      ),
  );
}
