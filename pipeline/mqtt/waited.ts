/** Counts the messages that had waited at the broker for a session to come back. */
export interface Waited {
  /** So many messages have come for the first time. */
  came(count: number): void;
  /**
   * The broker has answered a ping. When that was sent, so many of the messages
   * that came before the answer were not acknowledged yet.
   */
  answered(unacknowledged: number): void;
  /** No more of them can come: says how many there were, once. */
  end(): void;
}

/**
 * Counts from CONNACK until the broker has nothing left that waits. It sends what
 * waits as soon as its window has room for it (MQTT 5, section 4.9), and answers
 * a ping after that: so nothing waits when it leaves a part of its window unused.
 */
export function countWaited(onWaited: (count: number) => void): Waited {
  let count = 0;
  /** The most messages that it had under way: its window, if something waits. */
  let most = 0;
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    if (count > 0) onWaited(count);
  };
  return {
    came(more) {
      if (!over) count += more;
    },
    answered(unacknowledged) {
      if (unacknowledged < most || unacknowledged === 0) return end();
      most = unacknowledged;
    },
    end,
  };
}
