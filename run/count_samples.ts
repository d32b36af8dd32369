import {
  type BoardCounts,
  readStatus,
} from "../pipeline/boards/board_status.ts";
import type { Message, SensorEvent } from "../pipeline/mod.ts";
import { covers } from "./take_statuses.ts";

/** What became of the samples of a board between two of its statuses. */
export interface SampleCounts {
  /** The ids of its events. */
  names: readonly string[];
  /** Samples that came, and are recorded. */
  recorded: number;
  /** Samples that the board had no room for. */
  dropped: number;
  /** Samples that left the board, and never came. */
  lost: number;
}

/** Compares what boards sent with what came. */
export interface SampleCounter {
  /** Takes the status of a board. */
  status(message: Message): void;
  /** Takes the events of a batch. */
  add(batch: readonly SensorEvent[]): void;
  /** By the name of each board. */
  snapshot(): ReadonlyMap<string, SampleCounts>;
}

/** How many boards are followed. */
const MAX_BOARDS = 10_000;

/** What is known of a board. */
interface Board {
  /** The status from which on is counted. */
  base?: BoardCounts;
  /** The last status. What left before it may still be on its way. */
  pending?: BoardCounts;
  /** The last event of it that came. */
  newest?: { name: string; ts: number };
  /** Events since `base`, without those that came twice. */
  came: number;
  /** Of this start of the board, and of those before. */
  now: Omit<SampleCounts, "names">;
  before: Omit<SampleCounts, "names">;
  names: readonly string[];
}

const NONE = { recorded: 0, dropped: 0, lost: 0 };

/**
 * Makes a counter. A status says how many samples have left the board, and which
 * was the last of them: when that one has come, or a later one, what has not
 * come is lost. This holds whatever overtakes a status, since MQTT keeps the
 * order of a topic. Counts begin with the first status after a start of the
 * board, and `counting` says whether what comes is recorded: nobody is accused
 * of a loss that was not seen.
 */
export function countSamples(
  topics: readonly string[],
  counting: () => boolean,
): SampleCounter {
  const boards = new Map<string, Board>();
  const byName = new Map<string, Board>();
  let current: ReadonlyMap<string, SampleCounts> | undefined;

  const follow = (id: string, { names }: BoardCounts): Board | undefined => {
    let board = boards.get(id);
    if (!board && boards.size >= MAX_BOARDS) return undefined;
    board ??= { came: 0, now: NONE, before: NONE, names: [] };
    boards.set(id, board);
    for (const name of board.names) byName.delete(name);
    for (const name of names) byName.set(name, board);
    board.names = names;
    return board;
  };
  return {
    status({ topic, payload }) {
      const { counts } = readStatus(new TextDecoder().decode(payload));
      if (!counts) return;
      const id = topic.split("/")[1];
      // A shared subscription brings a part only.
      if (!topics.some((filter) => covers(filter, counts.topic))) return;
      if (topics.some((filter) => filter.startsWith("$share/"))) return;
      // With the names of another board it cannot be told whose an event is.
      const isTaken = counts.names.some((name) =>
        byName.has(name) && byName.get(name) !== boards.get(id)
      );
      if (isTaken) return;
      const board = follow(id, counts);
      if (!board) return;
      const last = board.pending ?? board.base;
      if (last && last.boot !== counts.boot) beginAgain(board);
      else if (last && last.sent > counts.sent) return;
      board.pending = counts;
      if (hasCome(board, counts)) settle(board);
      current = undefined;
    },
    add(batch) {
      if (byName.size === 0) return;
      current = undefined;
      if (!counting()) return boards.forEach(beginAgain);
      for (const event of batch) add(byName.get(event.sensor_id), event);
    },
    snapshot: () =>
      current ??= new Map(
        [...boards].flatMap(([id, { names, now, before }]) => {
          const counts = plus(now, before);
          const compared = counts.recorded > 0 || counts.dropped > 0;
          return compared ? [[id, { names, ...counts }] as const] : [];
        }),
      ),
  };
}

function add(board: Board | undefined, event: SensorEvent): void {
  const { sensor_id: name, device_ts: ts } = event;
  if (!board || ts === undefined) return;
  const { pending, newest } = board;
  // Sent again, since its acknowledgement was lost.
  if (newest?.name === name && newest.ts === ts) return;
  if (pending?.last && isAfter(board, { name, ts }, pending.last)) {
    settle(board);
  }
  board.came++;
  board.newest = { name, ts };
  if (pending && board.pending && hasCome(board, pending)) settle(board);
}

/** Whether an event left a board after another one, by its clock and the order of a sample. */
function isAfter(
  { names }: Board,
  { name, ts }: { name: string; ts: number },
  [lastName, lastTs]: readonly [string, number],
): boolean {
  return ts > lastTs ||
    (ts === lastTs && names.indexOf(name) > names.indexOf(lastName));
}

/** Whether the last sample before a status was also the last that came. */
function hasCome({ newest }: Board, { last }: BoardCounts): boolean {
  return last === undefined ||
    (newest?.name === last[0] && newest.ts === last[1]);
}

/** All that left the board before its last status has come, or never will. */
function settle(board: Board): void {
  const { base, pending, came } = board;
  board.pending = undefined;
  if (!pending) return;
  if (!base) {
    board.base = pending;
    board.came = 0;
    return;
  }
  board.now = {
    recorded: came,
    dropped: Math.max(0, pending.dropped - base.dropped),
    lost: Math.max(0, pending.sent - base.sent - came),
  };
}

/** Counts from the next status on. */
function beginAgain(board: Board): void {
  board.before = plus(board.now, board.before);
  board.now = NONE;
  board.base = board.pending = undefined;
  board.came = 0;
}

function plus(a: typeof NONE, b: typeof NONE): typeof NONE {
  return {
    recorded: a.recorded + b.recorded,
    dropped: a.dropped + b.dropped,
    lost: a.lost + b.lost,
  };
}
