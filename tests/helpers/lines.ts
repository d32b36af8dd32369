/** Text that comes line by line, and can be waited for. */
export interface Lines {
  /** All that has come so far. */
  text(): string;
  /** Resolves with the first line that matches, or the nth; rejects if the text ends. */
  match(pattern: RegExp, nth?: number): Promise<string>;
  /** Resolves when so many lines are there. */
  count(lines: number): Promise<void>;
  /** Resolves at the end of the text. */
  ended: Promise<void>;
}

/** Reads a stream line by line. */
export function readLines(stream: ReadableStream<Uint8Array>): Lines {
  let text = "";
  let done = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  const ended = (async () => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      wake();
    }
    done = true;
    wake();
  })();

  const until = <T>(what: string, find: () => T | undefined) =>
    new Promise<T>((resolve, reject) => {
      const look = () => {
        const found = find();
        if (found === undefined && !done) return;
        waiting.delete(look);
        clearTimeout(deadline);
        if (found !== undefined) resolve(found);
        else reject(new Error(`${what} did not come. What came:\n${text}`));
      };
      // For a test that would hang for ever; no test relies on its length.
      const deadline = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`${what} did not come in time. What came:\n${text}`));
      }, 60_000);
      waiting.add(look);
      look();
    });
  const whole = () => text.split("\n").slice(0, -1);
  return {
    text: () => text,
    match: (pattern, nth = 1) =>
      until(
        `${pattern}`,
        () => whole().filter((line) => pattern.test(line))[nth - 1],
      ),
    count: (lines) =>
      until(`line ${lines}`, () => whole().length >= lines || undefined)
        .then(() => {}),
    ended,
  };
}
