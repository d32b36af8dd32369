/** The page and the numbers of a run, over HTTP. */
import assert from "node:assert/strict";
import type { Snapshot } from "../run/run_snapshot.ts";
import { createHealth } from "../web/health.ts";
import { countReasons } from "../web/count_reasons.ts";
import type { HttpSettings } from "../web/http_settings.ts";
import { metricsOf } from "../web/metrics.ts";
import { openWeb } from "../web/open_web.ts";
import { createPageStreams } from "../web/page_streams.ts";
import { minuteOf, NOW, snapshotOf } from "./helpers/snapshot.ts";
import { readPage } from "./helpers/pages.ts";
import { until } from "./helpers/until.ts";

const TOKEN = "0123456789abcdef";

/** What is served of a snapshot. */
async function serve(
  settings: Partial<HttpSettings> = {},
  snapshot?: Snapshot,
) {
  const shown = snapshot ?? await snapshotOf(minuteOf("lux-1", "lux-2"));
  const marked: string[] = [];
  const web = openWeb({ host: "127.0.0.1", port: 0, ...settings });
  web.show({
    snapshot: () => shown,
    actions: {
      mark: (text: string) => Promise.resolve(void marked.push(text)),
    } as Parameters<typeof web.show>[0]["actions"],
  });
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(new URL(path, web.url), {
      redirect: "manual",
      ...init,
    });
    return {
      ...{ status: response.status, headers: response.headers },
      text: await response.text(),
    };
  };
  return { ...web, ask, marked };
}

/** A request with any headers, which fetch() would not send. */
async function raw(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode(request));
  const bytes = new Uint8Array(4096);
  const count = await connection.read(bytes) ?? 0;
  return new TextDecoder().decode(bytes.subarray(0, count));
}

Deno.test("the snapshot is JSON, with the sensors and the state", async () => {
  await using web = await serve();
  const { status, text } = await web.ask("/api/snapshot");
  assert.equal(status, 200);
  const { sensors, recording, connection, more } = JSON.parse(text);
  assert.deepEqual(sensors.map(({ id }: { id: string }) => id), [
    "lux-1",
    "lux-2",
  ]);
  assert.equal(sensors[0].last.length, 32);
  assert.equal(sensors[0].events, 60);
  assert.equal(recording.rows, 1234);
  assert.equal(connection.state, "connected");
  assert.equal(more, 0);
});

Deno.test("the history of a sensor has its buckets, and an unknown sensor none", async () => {
  await using web = await serve();
  const { text } = await web.ask("/api/history?sensor=lux-1&seconds=60");
  const { buckets, from, to } = JSON.parse(text);
  assert.deepEqual([from, to], [NOW - 60, NOW]);
  assert.ok(buckets.length >= 50);
  assert.equal(buckets[0].length, 4);
  assert.equal((await web.ask("/api/history?sensor=x")).status, 404);
  assert.equal((await web.ask("/api/history")).status, 400);
  assert.equal(
    (await web.ask("/api/history?sensor=lux-1&seconds=-1")).status,
    400,
  );
});

Deno.test("metrics are OpenMetrics, with any name escaped", async () => {
  const snapshot = await snapshotOf(minuteOf('a"b\\c\nd', "\ud800"));
  const text = metricsOf(snapshot, {
    reasons: new Map([["not JSON", 3]]),
    pages: 2,
    dropped: 1,
    values: true,
  });
  const lines = text.split("\n");
  assert.equal(lines.at(-2), "# EOF");
  for (const line of lines.slice(0, -2)) {
    assert.match(
      line,
      /^(# (TYPE|HELP|UNIT) weir_\w+ .+|weir_\w+(\{\w+="(?:[^"\\\n]|\\[\\"n])*"\})? -?[\d.e+-]+)$/,
    );
  }
  assert.match(text, /^weir_rows_written_total 1234$/m);
  assert.match(text, /^weir_messages_rejected_total\{reason="not JSON"\} 3$/m);
  assert.match(text, /^weir_sensor_value\{sensor="a\\"b\\\\c\\nd"\} /m);
  assert.match(text, /^weir_sensor_value\{sensor="\ufffd"\} /m);
  assert.match(text, /^weir_http_pages 2$/m);
  const without = metricsOf(snapshot, {
    reasons: new Map(),
    pages: 0,
    dropped: 0,
    values: false,
  });
  assert.doesNotMatch(without, /sensor_value/);
});

Deno.test("rejects are counted by reason, without what a publisher wrote", () => {
  const { add, counts } = countReasons();
  const reject = (reason: string) =>
    add({
      kind: "rejected",
      reject: { time: 0, topic: "x", reason, payload: new Uint8Array() },
    });
  for (let n = 0; n < 100; n++) {
    reject(`not JSON: unexpected "${n}" at ${n}`);
    reject(`the field "f${n}" is longer than ${n} bytes`);
  }
  assert.deepEqual([...counts], [
    ["not JSON", 100],
    ["the field … is longer than N bytes", 100],
  ]);
  for (let n = 0; n < 100; n++) reject(String.fromCharCode(0x4e00 + n));
  assert.equal(counts.size, 31);
  assert.equal(counts.get("other"), 72);
});

Deno.test("a run is not healthy without a connection, with a failing disk, or in silence", async () => {
  const snapshot = await snapshotOf([]);
  const at = (now: number, changes: Partial<Snapshot> = {}) => ({
    ...snapshot,
    traffic: { ...snapshot.traffic, last: now },
    now,
    ...changes,
  });
  const started = Date.now() / 1000;
  const health = createHealth(600);
  assert.deepEqual(health.judge(at(started + 30)), { ok: true, reasons: [] });
  assert.match(health.judge(at(started + 90)).reasons[0], /^not connected for/);
  const connected = {
    kind: "connected",
    url: "mqtt://localhost:1883",
    version: "5",
    granted: 0,
    reconnects: 0,
  } as const;
  health.onEvent(connected);
  assert.equal(health.judge(at(started + 90)).ok, true);
  const failing = {
    ...snapshot.recorder,
    state: "error",
    reason: "full",
  } as const;
  assert.deepEqual(
    health.judge(at(started + 90, { recorder: failing })).reasons,
    [
      "the disk is failing: full",
    ],
  );
  const silent = { ...snapshot.traffic, last: started };
  assert.match(
    health.judge(at(started + 601, { traffic: silent })).reasons[0],
    /^nothing heard for 601 s$/,
  );
  await using web = await serve(
    { quietAfter: 1 },
    at(started + 10, {
      traffic: silent,
    }),
  );
  web.onEvent(connected);
  const { status, text } = await web.ask("/healthz");
  assert.equal(status, 503);
  assert.equal(JSON.parse(text).ok, false);
});

Deno.test("what is neither read nor a mark is refused", async () => {
  await using web = await serve();
  const status = async (method: string, path: string) =>
    (await web.ask(path, { method })).status;
  assert.equal(await status("HEAD", "/metrics"), 200);
  assert.equal(await status("HEAD", "/events"), 405);
  assert.equal(await status("DELETE", "/"), 405);
  assert.equal(await status("POST", "/metrics"), 404);
  assert.equal(await status("GET", "/nothing"), 404);
  assert.equal(await status("GET", "/constructor"), 404);
});

Deno.test("no page of another name or origin gets in", async () => {
  await using web = await serve();
  const get = (headers: string) =>
    raw(
      web.url,
      `GET /api/snapshot HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`,
    );
  const { host } = new URL(web.url);
  assert.match(await get(`Host: ${host}`), /^HTTP\/1\.1 200 /);
  assert.match(await get("Host: localhost"), /^HTTP\/1\.1 200 /);
  // DNS rebinding: evil.example resolves to 127.0.0.1.
  assert.match(await get("Host: evil.example"), /^HTTP\/1\.1 403 /);
  assert.match(await get("Host: 127.0.0.1.evil.example"), /^HTTP\/1\.1 403 /);
  for (const origin of ["http://evil.example", "null", "http://localhost:1"]) {
    const answer = await get(`Host: ${host}\r\nOrigin: ${origin}`);
    assert.match(answer, /^HTTP\/1\.1 403 /, origin);
  }
  assert.match(
    await get(`Host: ${host}\r\nOrigin: http://${host}`),
    /^HTTP\/1\.1 200 /,
  );
});

Deno.test("a mark is set by JSON of the page alone", async () => {
  await using web = await serve();
  const post = (body: string, type = "application/json") =>
    web.ask("/api/mark", {
      method: "POST",
      body,
      headers: { "content-type": type },
    });
  assert.equal((await post('{"text":"lamp on"}')).status, 204);
  assert.equal((await post('{"text":"lamp on"}', "text/plain")).status, 415);
  assert.equal((await post("{}")).status, 400);
  assert.equal((await post("no JSON")).status, 400);
  assert.equal((await post("x".repeat(10_000))).status, 413);
  assert.deepEqual(web.marked, ["lamp on"]);
});

Deno.test("with a token nothing is answered without it, and a login keeps it in a cookie", async () => {
  await using web = await serve({ token: TOKEN });
  for (
    const path of [
      "/metrics",
      "/healthz",
      "/events",
      "/api/snapshot",
      "/live_page.js",
    ]
  ) {
    assert.equal((await web.ask(path)).status, 401, path);
  }
  const page = await web.ask("/");
  assert.equal(page.status, 401);
  assert.match(page.text, /name="token"/);
  const bearer = (token: string) =>
    web.ask("/metrics", { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await bearer(TOKEN)).status, 200);
  assert.equal((await bearer(`${TOKEN}x`)).status, 401);
  assert.equal((await bearer("")).status, 401);
  const login = (token: string) =>
    web.ask("/login", {
      method: "POST",
      body: new URLSearchParams({ token }),
    });
  assert.equal((await login("wrong")).status, 401);
  const { status, headers } = await login(TOKEN);
  assert.equal(status, 303);
  const set = headers.get("set-cookie")!;
  assert.match(set, /HttpOnly; SameSite=Strict/);
  assert.ok(!set.includes(TOKEN), "the cookie is the token");
  const cookie = set.split(";")[0];
  assert.equal((await web.ask("/", { headers: { cookie } })).status, 200);
});

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a page that does not read is dropped, and others go on", async () => {
  const streams = createPageStreams();
  const idle = streams.open(bytes("first"))!;
  const reader = streams.open(bytes("first"))!.getReader();
  await reader.read();
  assert.deepEqual(streams.count(), { open: 2, dropped: 0 });
  const event = bytes("x".repeat(100_000));
  let sent = 0;
  while (streams.count().dropped === 0) {
    assert.ok(++sent <= 20, "2 MB wait for a page");
    streams.send(event);
    const { value } = await reader.read();
    // The very bytes that all others get.
    assert.ok(value === event);
  }
  assert.deepEqual(streams.count(), { open: 1, dropped: 1 });
  streams.send(bytes("and on"));
  assert.equal((await reader.read()).value?.length, 6);
  await assert.rejects(Array.fromAsync(idle), /does not read/);
  streams.close();
  assert.equal((await reader.read()).done, true);
});

Deno.test("a client that asks for a page and reads nothing holds up no memory", async () => {
  const streams = createPageStreams();
  const ending = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: ending.signal,
    onListen() {},
    onError: () => new Response(null, { status: 500 }),
  }, () => new Response(streams.open(bytes("first"))));
  const idle = await Deno.connect({
    hostname: "127.0.0.1",
    port: server.addr.port,
  });
  await idle.write(
    new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
  );
  await until("the page is open", () => streams.count().open === 1);
  // What the system keeps for a client is bounded, and so is what weir keeps.
  const event = bytes("x".repeat(1_000_000));
  let sent = 0;
  await until("it is dropped", () => {
    assert.ok(++sent <= 200, "200 MB wait for a client");
    streams.send(event);
    return streams.count().dropped === 1;
  });
  idle.close();
  ending.abort();
  await server.finished;
});

Deno.test("the dashboard of examples/ asks for metrics that there are", async () => {
  const dashboard = await readPage("examples/grafana-dashboard.json");
  const asked = new Set(dashboard.match(/weir_\w+/g));
  assert.ok(asked.size > 10);
  const snapshot = await snapshotOf(minuteOf("lux-1"));
  const given = metricsOf({
    ...snapshot,
    recorder: { ...snapshot.recorder, losses: [] },
  }, { reasons: new Map(), pages: 0, dropped: 0, values: true });
  for (const name of asked) {
    assert.match(given, new RegExp(`^${name}[ {]`, "m"), name);
  }
});
