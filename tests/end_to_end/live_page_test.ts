/** The page of `--http`, in a real browser, and its options. */
import assert from "node:assert/strict";
import { broker, publish } from "../../pipeline/mod.ts";
import { assertAccessible, openPage } from "../helpers/browser.ts";
import { makeFolder } from "../helpers/folder.ts";
import { browserTest } from "../helpers/needs.ts";
import { until } from "../helpers/until.ts";
import { weir } from "../helpers/weir.ts";

/** Starts a recording of all topics with a page; resolves with its address. */
async function startPage(url: string, file: string, http: string) {
  const recording = weir(
    ["record", "#", file, "-b", url, "--quiet", "--http", http],
  );
  await recording.stderr.match(/^Connected/m);
  const [, address] = /The page is at (\S+)/.exec(recording.stderr.text())!;
  return { ...recording, address };
}

browserTest(
  "the page shows each device, a chart, and marks, and comes back by itself",
  async () => {
    await using local = await broker({ port: 0 });
    await using folder = await makeFolder();
    const file = folder.path("lab.csv");
    const first = await startPage(local.url, file, "0");
    const { port } = new URL(first.address);
    const send = (topic: string, ...values: unknown[]) =>
      publish(local.url, topic, values.map((value) => JSON.stringify(value)));
    await send("lab/attic", { temperature: 20.5, battery: 97 });
    await send("lab/</script><script>alert(1)", "<img src=x onerror=alert(2)>");
    await using opened = await openPage(first.address, {
      width: 360,
      dark: true,
    });
    const { page, requests, troubles } = opened;
    await page.waitForSelector("[data-ready]");
    const attic = page.locator("#devices section", { hasText: "lab/attic" });
    await attic.getByText("20.5").waitFor();
    await page.getByText("<img src=x onerror=alert(2)>").waitFor();
    await send("lab/attic", { temperature: 21.25, battery: 97 });
    await attic.getByText("21.25").waitFor();

    await attic.getByRole("button", { name: "temperature" }).click();
    await page.locator("#chart canvas").waitFor();
    assert.match(await page.locator("#chart-facts").innerText(), /^2 readings/);
    await page.getByLabel("Mark").fill("lamp <b>on</b>");
    await page.keyboard.press("Enter");
    await page.locator("#mark-list li", { hasText: "lamp <b>on</b>" })
      .waitFor();
    assert.match(
      await folder.read("lab.csv.marks.csv"),
      /,lamp <b>on<\/b>\r\n$/,
    );
    await assertAccessible(page);
    await page.setViewportSize({ width: 3840, height: 2160 });
    await assertAccessible(page);
    const wide = await page.evaluate(
      "document.documentElement.scrollWidth <= innerWidth",
    );
    assert.equal(wide, true);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#chart").isVisible(), false);

    assert.deepEqual(troubles, []);
    first.kill("SIGTERM");
    assert.equal(await first.code, 0, first.stderr.text());
    await page.getByText("No connection to weir").waitFor();
    await using again = await startPage(local.url, file, port);
    await page.getByText("Live", { exact: true }).waitFor();
    await send("lab/attic", { temperature: 22.75, battery: 96 });
    await attic.getByText("22.75").waitFor();

    // In a tab that is not seen it lets go, and has all when it is seen again.
    const hide = (hidden: boolean) =>
      page.evaluate(`{
        Object.defineProperty(document, "hidden", {
          value: ${hidden}, configurable: true,
        });
        document.dispatchEvent(new Event("visibilitychange"));
      }`);
    await hide(true);
    await until("no page is open", async () => {
      const metrics = await fetch(`${again.address}metrics`);
      return /^weir_http_pages 0$/m.test(await metrics.text());
    });
    await send("lab/attic", { temperature: 23.5, battery: 96 });
    await hide(false);
    await attic.getByText("23.5").waitFor();
    again.kill("SIGTERM");
    assert.equal(await again.code, 0, again.stderr.text());
    for (const url of requests) assert.ok(url.startsWith(first.address), url);
  },
);

Deno.test("--http serves the numbers of a recording, and its rejects by reason", async () => {
  await using local = await broker({ port: 0 });
  await using folder = await makeFolder();
  await using recording = await startPage(local.url, folder.path("x.csv"), "0");
  await publish(local.url, "x", ["1", "2", "{broken"]);
  const read = async (path: string) =>
    await (await fetch(new URL(path, recording.address))).text();
  await until(
    "the numbers are there",
    async () => /^weir_rows_safe_total 2$/m.test(await read("/metrics")),
  );
  const metrics = await read("/metrics");
  assert.match(metrics, /^weir_messages_total 3$/m);
  assert.match(
    metrics,
    /^weir_messages_rejected_total\{reason="not JSON"\} 1$/m,
  );
  assert.match(metrics, /^weir_connected 1$/m);
  assert.equal(await read("/healthz"), '{"ok":true,"reasons":[]}');
  recording.kill("SIGINT");
  assert.equal(await recording.code, 0, recording.stderr.text());
});

Deno.test("an address that others reach needs a token, and a port that is taken is said", async () => {
  await using local = await broker({ port: 0 });
  await using folder = await makeFolder();
  const says = async (args: string[], code: number, pattern: RegExp) => {
    await using recording = weir([
      ...["record", "x", folder.path("x.csv"), "-b", local.url],
      ...args,
    ]);
    assert.equal(await recording.code, code, recording.stderr.text());
    assert.match(recording.stderr.text(), pattern);
  };
  await says(["--http", "0.0.0.0:0"], 2, /needs a token: --http-token-file/);
  await says(
    ["--http", "here"],
    2,
    /--http is a port or an address and a port/,
  );
  await says(["--quiet-after", "10m"], 2, /--quiet-after goes with --http/);
  await Deno.writeTextFile(folder.path("short"), "secret\n");
  await says(
    ["--http", "0.0.0.0:0", "--http-token-file", folder.path("short")],
    2,
    /fewer than 16 characters/,
  );
  await says(
    ["--http", `${local.port}`],
    1,
    /^Cannot serve the page on 127\.0\.0\.1, port \d+: another program uses the port\. Choose another one with --http\.$/m,
  );
  // Nothing was recorded to.
  await assert.rejects(Deno.stat(folder.path("x.csv")), Deno.errors.NotFound);
});
