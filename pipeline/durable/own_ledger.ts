import { basename, dirname, join } from "node:path";
import { hostAndPort } from "../mqtt/broker_name.ts";
import { WeirError } from "../error.ts";
import { type Ledger, openLedger, readLedger } from "./ledger.ts";
import type { LedgerContents } from "./read_ledger.ts";
import { replay } from "./ledger_state.ts";

/** Whose ledger it is. */
export interface LedgerOwner {
  /** The path of the recording, or beside which a session is kept. */
  recording: string;
  /** The client id. */
  clientId: string;
  /** The broker, by each of its addresses. */
  brokers: readonly string[];
}

/** A ledger that is open, and what is in it. */
export interface OwnLedger {
  path: string;
  ledger: Ledger;
  contents: LedgerContents;
  /** Whether there was one, if empty. */
  existed: boolean;
}

const ENDING = ".ledger";

/**
 * Opens the ledger of a recording and a client id, `ID@FILE.ledger` beside it.
 *
 * If there is none, one with another name is taken over: the one that has this
 * recording, as older versions named it by the broker's address; or the one of the
 * session at this broker, if the recording before this one had another name.
 *
 * @throws {WeirError} if it is in use, or if two are of this recording.
 */
export async function openOwnLedger(owner: LedgerOwner): Promise<OwnLedger> {
  const { recording, clientId } = owner;
  const file = encodeURIComponent(basename(recording));
  const name = `${encodeURIComponent(clientId)}@${file}${ENDING}`;
  const path = join(dirname(recording), name);
  const existed = await Deno.stat(path).then(() => true, () => false);
  const opened = await openLedger(path, (isNew) => find(path, isNew, owner));
  return { path, existed, ...opened };
}

/**
 * Finds the ledger to be taken over.
 *
 * @throws {WeirError} as above.
 */
async function find(
  own: string,
  isNew: boolean,
  { recording, clientId, brokers }: LedgerOwner,
): Promise<string | undefined> {
  const folder = dirname(own);
  const begin = `${encodeURIComponent(clientId)}@`;
  /** Those of this recording, and those of this session. */
  const claims: string[] = isNew ? [] : [own];
  const sessions: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (!name.startsWith(begin) || !name.endsWith(ENDING)) continue;
    if (name === basename(own)) continue;
    const state = replay((await readLedger(path)).entries);
    const at = state.brokers ?? addressIn(name.slice(begin.length));
    if (state.files[0]?.name === basename(recording)) claims.push(path);
    else if (at.some((name) => brokers.includes(name))) sessions.push(path);
  }
  if (claims.length > 1) {
    throw new WeirError(
      "ERR_WEIR_LEDGER",
      `${
        claims.join(" and ")
      } are both ledgers of ${recording} and the id ${clientId}. Move away the one that is not of this broker.`,
    );
  }
  if (isNew && claims.length > 0) return claims[0];
  if (isNew) return sessions[0];
  // Another recording of the same session must not run beside this one.
  for (const path of sessions) (await openLedger(path)).ledger.close();
  return undefined;
}

/** The address in the name of a ledger of an older version: `HOST_PORT.ledger`. */
function addressIn(name: string): string[] {
  const [, host, port] = /^(.+)_(\d+)\.ledger$/.exec(name) ?? [];
  return host === undefined
    ? []
    : [hostAndPort(decodeURIComponent(host), port)];
}
