/** How the source stands with its broker. */
export type BrokerStatus =
  | { state: "connecting" }
  | {
    state: "connected";
    /** `"5"` or `"3.1.1"`. */
    version: "5" | "3.1.1";
    /** The least quality of service that the broker granted a topic. */
    qos: 0 | 1 | 2;
    /** How many connections there were before this one. */
    reconnects: number;
  }
  | {
    state: "reconnecting";
    /** A sentence: why the connection is gone, or did not come about. */
    reason: string;
    /** Whether the broker answered, and said no. */
    refused: boolean;
    /** The next attempt is made in so many seconds. */
    delay: number;
  };
