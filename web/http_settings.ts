/** Settings of the page and the numbers that a run serves. */
export interface HttpSettings {
  /** The address to listen on. */
  host: string;
  /** The port; 0 is one that is free. */
  port: number;
  /** What a client must have. An address that others reach needs one. */
  token?: string;
  /** Not healthy if nothing was heard for so many seconds. Default: never. */
  quietAfter?: number;
  /** Whether the metrics have the latest number of each sensor. */
  values?: boolean;
}

/** Whether only this machine reaches an address (RFC 1122, 3.2.1.3 g). */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" ||
    /^127\.\d+\.\d+\.\d+$/.test(host);
}
