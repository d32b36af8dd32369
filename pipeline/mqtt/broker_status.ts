import type { WeirError } from "../error.ts";

/** How the source stands with its broker. */
export type BrokerStatus =
  | { state: "connecting" }
  | {
    state: "connected";
    /** Which of the broker's addresses this is, fit to be shown. */
    url: string;
    /** `"5"` or `"3.1.1"`. */
    version: "5" | "3.1.1";
    /** The least quality of service that the broker granted a topic. */
    qos: 0 | 1 | 2;
    /** How many connections there were before this one. */
    reconnects: number;
  }
  | {
    state: "reconnecting";
    /**
     * Why there is no connection. `ERR_WEIR_REFUSED`: the broker answered, and
     * refused. Its `facts.url` and `facts.reason` say which broker, and why.
     */
    error: WeirError;
    /** Seconds until the next attempt. */
    delay: number;
  };
