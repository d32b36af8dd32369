import { deploy, type DeployOptions } from "../../firmware/deploy/deploy.ts";
import { openTransport } from "../../firmware/deploy/open_transport.ts";
import type { Plan } from "../../firmware/deploy/upload.ts";
import {
  type Board,
  type BoardOptions,
  serveRepl,
  startBoard,
} from "../../firmware/simulator/mod.ts";
import { broker } from "../../pipeline/mod.ts";
import { stationConfig } from "./virtual_boards.ts";

/** A board to deploy onto, with a broker for it. */
export interface Target extends AsyncDisposable {
  /** The board. */
  board: Board;
  /** A `config.py` for it. */
  config: string;
  /** Its prompt: `tcp://127.0.0.1:PORT` */
  port: string;
  /** Where its broker listens. */
  broker: { url: string; port: number };
}

/** Starts a board whose prompt is on a TCP port, and a broker for it. */
export async function startTarget(options: BoardOptions = {}): Promise<Target> {
  const stack = new AsyncDisposableStack();
  const local = stack.use(await broker({ port: 0 }));
  const board = stack.use(
    await startBoard({
      light: { kind: "constant", lux: 284.1312 },
      ...options,
    }),
  );
  const { port } = stack.use(serveRepl(board));
  return {
    board,
    config: stationConfig(local.port),
    port: `tcp://127.0.0.1:${port}`,
    broker: local,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Deploys, and resolves with what was planned, and what was told. */
export async function deployTo(port: string, options: DeployOptions = {}) {
  let plan: Plan | undefined;
  const told: string[] = [];
  await using transport = await openTransport(port);
  await deploy(transport, {
    timeout: 20,
    ...options,
    onPlan: (planned) => {
      plan = planned;
      options.onPlan?.(planned);
    },
    tell: (what) => told.push(what),
  });
  const { write, remove, same } = plan!;
  return { write: write.map(({ name }) => name), remove, same, told };
}

/** The names of the files on a board. */
export const names = async (board: Board) =>
  Object.keys(await board.files()).sort();
