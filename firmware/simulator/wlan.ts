/** The board's radio: what `network.WLAN` reports, after the ESP8266's station states. */

/** `WLAN.status()` of a station (the `STAT_*` constants of the ESP8266 port). */
export const Status = {
  IDLE: 0,
  CONNECTING: 1,
  WRONG_PASSWORD: 2,
  NO_AP_FOUND: 3,
  CONNECT_FAIL: 4,
  GOT_IP: 5,
} as const;

/** How long joining takes, in milliseconds. */
const JOIN_MS = 500;

/** Makes a radio in range (or not) of one access point. */
export function wlan(world: {
  /** The access point's name and password. */
  essid: string;
  password: string;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Whether the access point is out of range. */
  lost(): boolean;
}): {
  active(on?: boolean): boolean;
  connect(essid: string, password: string): void;
  disconnect(): void;
  status(): number;
} {
  let on = false;
  let wanted: { essid: string; password: string } | undefined;
  /** When the join began, or was last found impossible: the station keeps trying by itself. */
  let since = 0;

  function status(): number {
    if (!on || !wanted) return Status.IDLE;
    if (world.lost()) {
      since = world.now();
      return Status.NO_AP_FOUND;
    }
    if (world.now() - since < JOIN_MS) return Status.CONNECTING;
    if (wanted.essid !== world.essid) return Status.NO_AP_FOUND;
    if (wanted.password !== world.password) return Status.WRONG_PASSWORD;
    return Status.GOT_IP;
  }

  return {
    active(value) {
      if (value !== undefined) on = value;
      if (!on) wanted = undefined;
      return on;
    },
    connect(essid, password) {
      wanted = { essid, password };
      since = world.now();
    },
    disconnect() {
      wanted = undefined;
    },
    status,
  };
}
