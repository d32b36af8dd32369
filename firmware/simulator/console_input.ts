/** What was typed at a board's console and not read yet. */
export interface Inbox {
  /** Adds what was typed. */
  put(text: string): void;
  /** Takes the next byte. */
  take(): number | undefined;
  /** Whether nothing is there. */
  empty(): boolean;
  /** Resolves after so many milliseconds, or as soon as `wake()` is called. */
  doze(ms: number): Promise<void>;
  /** Ends a doze. */
  wake(): void;
}

/** Makes an empty one. */
export function makeInbox(): Inbox {
  const bytes: number[] = [];
  let wake = () => {};
  return {
    put: (text) => void bytes.push(...new TextEncoder().encode(text)),
    take: () => bytes.shift(),
    empty: () => bytes.length === 0,
    doze: (ms) =>
      new Promise((resolve) => {
        // What is overdue would be warned about on the terminal.
        const timer = setTimeout(resolve, Math.max(0, ms));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    wake: () => wake(),
  };
}
