/** The page of `weir plot -o FILE.html`, in a real browser. */
import assert from "node:assert/strict";
import { assertAccessible, openPage } from "../helpers/browser.ts";
import { makeFolder } from "../helpers/folder.ts";
import { browserTest } from "../helpers/needs.ts";
import { weir } from "../helpers/weir.ts";
import { writeRecording } from "../helpers/write_recording.ts";

/** Names that a publisher chose to do harm. */
const NASTY = [
  "</script><script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "=cmd",
  "esc\x1b[31m\u202e",
];

/** What the page's own script offers to a test. */
interface PageApi {
  weir: { view(): { from: number; to: number }; meta: { from: number } };
}

browserTest(
  "the page draws, zooms and pans, asks nobody, and runs no script of a name",
  async () => {
    await using folder = await makeFolder();
    const rows = Array.from({ length: 400 }, (_, second) => [
      ...[...NASTY, "lux-1"].map((id, at) =>
        [second, id, Math.sin(second / 20 + at)] as const
      ),
      [second, "lamp", second % 100 < 50] as const,
    ]).flat();
    await writeRecording(folder.path("lab.csv"), rows);
    const { code, stderr } = weir([
      "plot",
      folder.path("lab.csv"),
      "-o",
      folder.path("lab.html"),
    ]);
    assert.equal(await code, 0, stderr.text());
    await using opened = await openPage(`file://${folder.path("lab.html")}`);
    const { page, requests, troubles } = opened;
    await page.waitForSelector("[data-ready]");
    assert.equal(await page.locator(".chart canvas").count(), 6);
    const names = await page.locator("#sensors th").allInnerTexts();
    assert.ok(names.map((name) => name.trim()).includes(NASTY[0]), `${names}`);
    assert.ok(names.some((name) => name.includes("esc\\x1b[31m\\u202e")));

    const span = () =>
      page.evaluate(() => {
        const { from, to } = (globalThis as unknown as PageApi).weir.view();
        return to - from;
      });
    assert.equal(await span(), 399);
    const box = (await page.locator(".chart .u-over").first().boundingBox())!;
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.25, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, y, { steps: 4 });
    await page.mouse.up();
    const half = await span();
    assert.ok(half > 150 && half < 250, `${half}`);
    await page.keyboard.press("+");
    assert.ok(await span() < half);
    await page.keyboard.press("0");
    assert.equal(await span(), 399);

    await page.mouse.move(box.x + box.width / 2, y);
    assert.match(await page.locator(".chart output").first().innerText(), /\d/);
    assert.match(
      await page.locator(".chart", { hasText: "lamp" }).innerText(),
      /true|false/,
    );
    await page.getByLabel("lux-1").uncheck();
    assert.equal(await page.locator(".chart canvas").count(), 5);
    await page.getByLabel("Together").check();
    assert.equal(await page.locator(".chart canvas").count(), 2);

    await assertAccessible(page);
    assert.deepEqual(troubles, []);
    assert.equal(requests.length, 1);
  },
);

browserTest(
  "the page of a phone in the dark has no violation, and the theme can be changed",
  async () => {
    await using folder = await makeFolder();
    await writeRecording(folder.path("a.csv"), [[1, "a", 1], [2, "a", 2]]);
    const args = ["plot", folder.path("a.csv"), "-o", folder.path("a.html")];
    const { code, stderr } = weir(args);
    assert.equal(await code, 0, stderr.text());
    await using opened = await openPage(`file://${folder.path("a.html")}`, {
      width: 360,
      height: 700,
      dark: true,
    });
    const { page, troubles } = opened;
    await page.waitForSelector("[data-ready]");
    const paper = () =>
      page.evaluate("getComputedStyle(document.body).backgroundColor");
    assert.equal(await paper(), "rgb(20, 23, 26)");
    await assertAccessible(page);
    await page.getByRole("button", { name: "Light or dark" }).click();
    assert.equal(await paper(), "rgb(255, 255, 255)");
    assert.deepEqual(troubles, []);
  },
);
