import assert from "node:assert/strict";
import { type Browser, chromium, type Page } from "playwright-core";

/** For a page that would never be ready; no test relies on its length. In ms. */
const PATIENCE = 60_000;

/** A page in a real browser, and what it did that a test may not want. */
export interface OpenPage extends AsyncDisposable {
  page: Page;
  /** The addresses of all requests. */
  requests: string[];
  /** Errors of the page, dialogs that it opened, and what its policy forbade. */
  troubles: string[];
}

/** How a page is opened. */
export interface PageOptions {
  width?: number;
  height?: number;
  dark?: boolean;
}

/** Where a program is, of those on the PATH. */
function pathOf(program: string): string {
  const paths = (Deno.env.get("PATH") ?? "").split(":")
    .map((folder) => `${folder}/${program}`);
  const found = paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
  assert.ok(found, `${program} is not on the PATH`);
  return found;
}

/** Opens an address in a Chromium of its own. */
export async function openPage(
  url: string,
  { width = 1280, height = 900, dark = false }: PageOptions = {},
): Promise<OpenPage> {
  const browser: Browser = await chromium.launch({
    executablePath: pathOf("chromium"),
    // In a container its sandbox has no namespaces; the page is the test's own.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
    timeout: PATIENCE,
  });
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
  });
  page.setDefaultTimeout(PATIENCE);
  const requests: string[] = [];
  const troubles: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", ({ message }) => troubles.push(message));
  page.on("console", (line) => {
    if (line.type() === "error") troubles.push(line.text());
  });
  page.on("dialog", (dialog) => {
    troubles.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  try {
    await page.goto(url);
  } catch (error) {
    await browser.close();
    throw error;
  }
  return {
    page,
    requests,
    troubles,
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** Fails if axe-core finds something that a person could not use. */
export async function assertAccessible(page: Page): Promise<void> {
  const { default: axe } = await import("axe-core");
  // Past the page's policy, which lets no script run but its own.
  const session = await page.context().newCDPSession(page);
  const { frameTree: { frame } } = await session.send("Page.getFrameTree");
  const { executionContextId: contextId } = await session.send(
    "Page.createIsolatedWorld",
    { frameId: frame.id, worldName: "axe" },
  );
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
    contextId,
    awaitPromise: true,
    returnByValue: true,
    expression: `${axe.source}; axe.run().then(({ violations }) =>
      violations.map(({ id, help, nodes }) =>
        id + ": " + help + ": " + nodes.map(({ html }) => html).join(" ")))`,
  });
  assert.equal(exceptionDetails, undefined);
  assert.deepEqual(result.value, []);
}
