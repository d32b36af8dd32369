import { escape } from "../pipeline/escape.ts";
import { say } from "../pipeline/say.ts";
import type { RunEvent } from "../run/run_event.ts";
import type { Run } from "../run/start_run.ts";
import { type HttpSettings, isLoopback } from "../web/http_settings.ts";
import { readFile } from "./connection_options.ts";
import {
  option,
  type Reader,
  text,
  toggle,
  type Values,
} from "./define_option.ts";
import { readDuration } from "./duration.ts";
import { UsageError } from "./usage_error.ts";

/** A token that nobody guesses has so many characters at least. */
const MIN_TOKEN = 16;

/** `8080`, `0.0.0.0:8080`, `[::1]:8080`. */
const ADDRESS = /^(?:(\[[\da-fA-F:.]+\]|[^:[\]]+):)?(\d+)$/;

const address: Reader<{ host: string; port: number }> = (typed, name) => {
  const [, host = "127.0.0.1", digits = ""] = ADDRESS.exec(typed) ?? [];
  const port = Number(digits);
  if (digits !== "" && port <= 65_535) {
    return { host: host.replace(/^\[|\]$/g, ""), port };
  }
  throw new UsageError(
    `${name} is a port or an address and a port: 8080, 0.0.0.0:8080, not ${
      escape(typed)
    }.`,
  );
};

/** The options of a run that serves a page: `record`, `tui`, `demo`. */
export const httpOptions = {
  http: option(
    "--http <address>",
    "Serve a live page, /metrics and /healthz: 8080 for this machine, 0.0.0.0:8080 for others.",
    address,
  ),
  httpTokenFile: option(
    "--http-token-file <file>",
    "File whose first line is the token that --http asks for.",
    text,
  ),
  quietAfter: option(
    "--quiet-after <time>",
    "With --http, /healthz fails after this time without a message: 10m.",
    readDuration,
  ),
  metricsValues: toggle(
    "--metrics-values",
    "With --http, /metrics has the latest number of each sensor.",
  ),
};

/**
 * The settings of the page, from its options.
 *
 * @throws {UsageError} if they do not go together.
 */
export async function readHttp(
  given: Values<typeof httpOptions>,
): Promise<HttpSettings | undefined> {
  const { http, httpTokenFile, quietAfter, metricsValues: values } = given;
  if (http === undefined) {
    const [alone] = [
      ...httpTokenFile === undefined ? [] : ["--http-token-file"],
      ...quietAfter === undefined ? [] : ["--quiet-after"],
      ...values ? ["--metrics-values"] : [],
    ];
    if (alone) throw new UsageError(`${alone} goes with --http.`);
    return undefined;
  }
  const token = httpTokenFile === undefined
    ? undefined
    : await readToken(httpTokenFile);
  if (token === undefined && !isLoopback(http.host)) {
    throw new UsageError(
      `--http ${http.host}:${http.port} can be reached from other machines, so it needs a token: --http-token-file FILE`,
    );
  }
  return { ...http, token, quietAfter, values };
}

async function readToken(file: string): Promise<string> {
  const [token] = (await readFile("--http-token-file", file)).split(/\r?\n/);
  if (token.length >= MIN_TOKEN) return token;
  throw new UsageError(
    `--http-token-file: its first line has fewer than ${MIN_TOKEN} characters. Make one: openssl rand -hex 16`,
  );
}

/** The page of a run that is about to start. */
export interface OpenedPage extends AsyncDisposable {
  /** What the run's settings must have. */
  settings: { live: true; onEvent: (event: RunEvent) => void };
  /** Shows the run on the page. */
  show(run: Run): void;
}

/**
 * Listens for the page of a run, and says where. Nothing of it is loaded without
 * settings.
 *
 * @throws {WeirError} if it cannot listen.
 */
export async function openPage(
  http: HttpSettings | undefined,
  onEvent: (event: RunEvent) => void,
): Promise<OpenedPage | undefined> {
  if (!http) return undefined;
  const { openWeb } = await import("../web/open_web.ts");
  const web = openWeb(http);
  say(`The page is at ${web.url}`);
  return {
    settings: {
      live: true,
      onEvent(event) {
        web.onEvent(event);
        onEvent(event);
      },
    },
    show: web.show,
    [Symbol.asyncDispose]: () => web[Symbol.asyncDispose](),
  };
}
