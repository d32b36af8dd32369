import { escape } from "../escape.ts";
import { brokerName } from "./broker_name.ts";
import { takeName } from "./one_on_host.ts";
import { SessionError } from "./session.ts";

/**
 * Takes a session for this process, against all others of this host: two that have
 * one would take it from each other, again and again.
 *
 * @throws {SessionError} if another one has it.
 */
export async function claimSession(
  urls: readonly string[],
  clientId: string,
): Promise<Disposable> {
  const claims = new DisposableStack();
  for (const broker of new Set(urls.map(brokerName))) {
    const taken = await takeName(`${broker} ${clientId}`);
    if (typeof taken !== "number") {
      claims.use(taken);
      continue;
    }
    claims.dispose();
    throw new SessionError(
      "ERR_WEIR_ID_IN_USE",
      `Another weir on this computer (process ${taken}) records with the id ${
        escape(clientId)
      } at this broker. Stop that one first.`,
      { facts: { clientId, pid: taken, help: "durable-id" } },
    );
  }
  return claims;
}
