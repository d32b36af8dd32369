/**
 * The board's radio: what `network.WLAN` reports, after the ESP8266's station states. As there, it is not touched by a
 * soft reset, keeps the network that it was last told to join in the flash, and joins it by itself at boot.
 */

/** `WLAN.status()` of a station (the `STAT_*` constants of the ESP8266 port). */
export const Status = {
  IDLE: 0,
  CONNECTING: 1,
  WRONG_PASSWORD: 2,
  NO_AP_FOUND: 3,
  CONNECT_FAIL: 4,
  GOT_IP: 5,
} as const;

/** A network, as an access point offers it or as a board is told to join it. */
export interface Network {
  essid: string;
  password: string;
}

/** How long joining takes, in milliseconds. */
const JOIN_MS = 500;

/** What a radio needs of its world. */
export interface Air {
  /** The access points. */
  networks: readonly Network[];
  /** The network that is in the flash from before. */
  stored?: Network;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Whether the access points are out of range. */
  lost(): boolean;
  /** Whether the radio does not say why it cannot join. */
  vague(): boolean;
  /** Is told when the flash is written. */
  wear(): void;
}

/** A board's radio. */
export interface Radio {
  /** The board was reset hard, or got its power: what is in the flash is joined. */
  boot(): void;
  active(on?: boolean): boolean;
  connect(essid: string, password: string): void;
  disconnect(): void;
  status(): number;
  /** The network that it was last told to join. */
  essid(): string;
}

/** Makes a radio. */
export function makeRadio(air: Air): Radio {
  let stored = { on: air.stored !== undefined, network: air.stored };
  let on = false;
  let joining = false;
  /** When the join began, or was last found impossible: the station keeps trying by itself. */
  let since = 0;

  const store = (on: boolean, network?: Network) => {
    const { essid, password } = stored.network ?? {};
    if (
      on === stored.on && essid === network?.essid &&
      password === network?.password
    ) return;
    stored = { on, network };
    air.wear();
  };

  function status(): number {
    if (!on || !joining || !stored.network) return Status.IDLE;
    const { essid, password } = stored.network;
    const found = air.lost()
      ? undefined
      : air.networks.find((network) => network.essid === essid);
    if (found?.password === password) {
      return air.now() - since < JOIN_MS ? Status.CONNECTING : Status.GOT_IP;
    }
    const searching = !air.lost() && air.now() - since < JOIN_MS;
    if (air.lost()) since = air.now();
    if (searching || air.vague()) return Status.CONNECTING;
    return found ? Status.WRONG_PASSWORD : Status.NO_AP_FOUND;
  }

  return {
    boot() {
      on = stored.on;
      joining = on && stored.network !== undefined;
      since = air.now();
    },
    active(value) {
      if (value !== undefined && value !== on) {
        on = value;
        joining = false;
        store(on, stored.network);
      }
      return on;
    },
    connect(essid, password) {
      store(on, { essid, password });
      joining = true;
      since = air.now();
    },
    disconnect() {
      joining = false;
    },
    status,
    essid: () => stored.network?.essid ?? "",
  };
}
