import { reasonOf, WeirError } from "../pipeline/error.ts";
import type { RunEvent } from "../run/run_event.ts";
import type { Actions, Snapshot, Source } from "../run/run_snapshot.ts";
import { every } from "../run/timer.ts";
import { createGuard } from "./admit.ts";
import { assetAt, loginPage } from "./assets.ts";
import { countReasons } from "./count_reasons.ts";
import { createHealth } from "./health.ts";
import type { HttpSettings } from "./http_settings.ts";
import { METRICS_TYPE, metricsOf } from "./metrics.ts";
import { createPageStreams } from "./page_streams.ts";
import { shownSensors, viewOf } from "./view_json.ts";

/** What is needed of a run. */
export type Shown = Pick<Source, "snapshot"> & {
  actions: Pick<Actions, "mark">;
};

/** A page of a run, and its numbers, over HTTP. */
export interface Web extends AsyncDisposable {
  /** Where it listens. */
  url: string;
  /** Takes note of what happens in the run. */
  onEvent(event: RunEvent): void;
  /** Shows a run. Before, it says that there is none yet. */
  show(run: Shown): void;
}

/** Pages are told what has changed every so many seconds. */
const TICK = 1;

/** A request's body has at most so many bytes. */
const MAX_BODY = 8192;

/** Seconds that open requests have when it ends. */
const GRACE = 1;

/** What every answer carries. The page loads its own files and nothing else. */
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/**
 * Listens, and serves a run once it is there: the page at `/`, `/metrics`,
 * `/healthz`, `/api/snapshot`. Whatever a client does, the run goes on.
 *
 * @throws {WeirError} `ERR_WEIR_LISTEN` if it cannot listen.
 */
export function openWeb(settings: HttpSettings): Web {
  const guard = createGuard(settings);
  const health = createHealth(settings.quietAfter);
  const reasons = countReasons();
  const streams = createPageStreams();
  let run: Shown | undefined;
  let timer: Disposable | undefined;
  let sent: ReadonlyMap<string, unknown> = new Map();

  /** What a new page gets; made once between two ticks. */
  let whole: Uint8Array | undefined;

  const tick = () => {
    whole = undefined;
    if (!run || streams.count().open === 0) return;
    const snapshot = run.snapshot();
    const changed = shownSensors(snapshot)
      .filter(([id, sensor]) => sent.get(id) !== sensor);
    sent = snapshot.live.sensors;
    streams.send(eventOf("tick", viewOf(snapshot, changed, false)));
  };
  const wholeOf = (snapshot: Snapshot) =>
    viewOf(snapshot, shownSensors(snapshot), true);

  const get = (url: URL, from: Shown): Response => {
    if (url.pathname === "/events") {
      whole ??= eventOf("whole", wholeOf(from.snapshot()));
      const stream = streams.open(whole);
      return stream
        ? new Response(stream, {
          headers: { "content-type": "text/event-stream" },
        })
        : plain(503, "Too many pages are open.");
    }
    const snapshot = from.snapshot();
    switch (url.pathname) {
      case "/api/snapshot":
        return Response.json(wholeOf(snapshot));
      case "/api/history":
        return historyOf(url, snapshot);
      case "/metrics": {
        const { open: pages, dropped } = streams.count();
        const { values = false } = settings;
        const text = metricsOf(snapshot, {
          reasons: reasons.counts,
          pages,
          dropped,
          values,
        });
        return new Response(text, {
          headers: { "content-type": METRICS_TYPE },
        });
      }
      case "/healthz": {
        const found = health.judge(snapshot);
        return Response.json(found, { status: found.ok ? 200 : 503 });
      }
    }
    return plain(404, "There is nothing here.");
  };

  const answer = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const refused = guard.admit(request);
    if (refused) {
      return refused.status === 401 && url.pathname === "/"
        ? loginPage()
        : refused;
    }
    if (request.method === "POST") {
      const body = await bodyOf(request);
      if (body === undefined) return plain(413, "That is too long.");
      if (url.pathname === "/login") {
        return guard.login(new URLSearchParams(body).get("token") ?? "");
      }
      if (url.pathname !== "/api/mark") {
        return plain(404, "There is nothing here.");
      }
      return await markIn(run, request, body);
    }
    // A stream is no answer to HEAD: nobody would read it.
    const isHead = request.method === "HEAD" && url.pathname !== "/events";
    if (request.method !== "GET" && !isHead) {
      return plain(405, "GET, HEAD or POST.");
    }
    return assetAt(url.pathname) ??
      (run ? get(url, run) : plain(503, "The run has not begun."));
  };

  const server = listen(settings, async (request) => {
    let response: Response;
    try {
      response = await answer(request);
    } catch (error) {
      response = plain(500, (error as Error).message);
    }
    for (const [name, value] of Object.entries(HEADERS)) {
      response.headers.set(name, value);
    }
    return response;
  });
  const { hostname, port } = server.addr;
  const shown = hostname.includes(":") ? `[${hostname}]` : hostname;
  return {
    url: `http://${shown}:${port}/`,
    onEvent(event) {
      reasons.add(event);
      health.onEvent(event);
    },
    show(shown) {
      run = shown;
      timer = every(TICK, tick);
    },
    async [Symbol.asyncDispose]() {
      timer?.[Symbol.dispose]();
      streams.close();
      const closing = server.shutdown();
      const late = Promise.withResolvers<void>();
      const limit = setTimeout(late.resolve, GRACE * 1000);
      await Promise.race([closing, late.promise]);
      clearTimeout(limit);
    },
  };
}

function listen(
  { host, port }: HttpSettings,
  handler: (request: Request) => Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  const onError = () => plain(500, "This failed.");
  try {
    return Deno.serve(
      { hostname: host, port, onListen() {}, onError },
      handler,
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const reason = error instanceof Deno.errors.AddrInUse
      ? "another program uses the port"
      : reasonOf(error as Error);
    throw new WeirError(
      "ERR_WEIR_LISTEN",
      `Cannot serve the page on ${host}, port ${port}: ${reason}.`,
      { facts: { host, port, reason, help: "http-port" } },
    );
  }
}

function plain(status: number, text: string): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}

const encoder = new TextEncoder();

/** A Server-Sent Event, as bytes that all pages share. JSON has no line breaks. */
function eventOf(name: string, data: unknown): Uint8Array {
  return encoder.encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

async function bodyOf(request: Request): Promise<string | undefined> {
  let text = "";
  if (!request.body) return text;
  for await (const piece of request.body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.length > MAX_BODY) return undefined;
  }
  return text;
}

/** The numbers of a sensor over its last seconds. */
function historyOf({ searchParams }: URL, { live, now }: Snapshot): Response {
  const id = searchParams.get("sensor");
  if (id === null) return plain(400, "Name a sensor: ?sensor=ID");
  const sensor = live.sensors.get(id);
  if (!sensor) return plain(404, "There is no such sensor.");
  const seconds = Number(searchParams.get("seconds") ?? 300);
  if (!(seconds > 0 && seconds <= 259_200)) {
    return plain(400, "seconds is from 1 to 259200.");
  }
  const buckets = sensor.history?.window(seconds, now) ?? [];
  return Response.json({
    from: now - seconds,
    to: now,
    buckets: buckets.map(({ time, min, mean, max }) => [time, min, mean, max]),
  });
}

async function markIn(
  run: Shown | undefined,
  request: Request,
  body: string,
): Promise<Response> {
  // A form of another site cannot send this type.
  const type = request.headers.get("content-type") ?? "";
  if (!type.startsWith("application/json")) {
    return plain(415, "A mark is sent as application/json.");
  }
  let text: unknown;
  try {
    text = JSON.parse(body)?.text;
  } catch {
    // It has no text then.
  }
  if (typeof text !== "string" || text.trim() === "") {
    return plain(400, 'A mark is {"text":"lamp on"}.');
  }
  if (!run) return plain(503, "The run has not begun.");
  try {
    await run.actions.mark(text);
    return new Response(null, { status: 204 });
  } catch (error) {
    if (!(error instanceof WeirError)) throw error;
    return plain(409, error.message);
  }
}
