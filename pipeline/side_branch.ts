import { type Branch, startBranch } from "./branch.ts";
import { counted } from "./counted.ts";
import type { Sink } from "./flow.ts";
import { say } from "./say.ts";

/**
 * Starts a sink beside a flow, which goes on without it if it fails (law 4): that
 * is said once on stderr, and at the end how many items the sink did not take.
 */
export function startSideBranch<T>(
  sink: Sink<T, unknown>,
  name: string,
): Branch<T> {
  const branch = startBranch(sink);
  let failed = false;
  let missed = 0;
  const fail = (error: unknown) => {
    if (!failed) {
      const { message } = error as Error;
      say(
        `Going on without the sink of the ${name}s, which failed: ${message}`,
      );
    }
    failed = true;
  };
  const end = async (how: () => Promise<void>) => {
    await how().catch(fail);
    if (missed > 0) say(`${counted(missed, name)} did not reach their sink.`);
  };
  return {
    async push(batch) {
      if (!failed) await branch.push(batch).catch(fail);
      if (failed) missed += batch.length;
    },
    end: () => end(branch.end),
    fail: (error) => end(() => branch.fail(error)),
  };
}
