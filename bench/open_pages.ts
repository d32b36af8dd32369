/**
 * Keeps pages of a run open, and reads what they are told, as browsers do. It
 * prints how many are open when all of them are.
 *
 *     deno run bench/open_pages.ts URL PAGES
 *
 * @module
 */
const [url, count] = Deno.args;
const PAGES = Number(count);

let open = 0;

/** Opens a page, as soon as somebody serves it. */
async function openOne(): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) {
      if (++open === PAGES) console.log(open);
      for await (const _ of answer.body!);
      return;
    }
    await answer?.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// Whoever started it ends it.
await Promise.all(
  Array.from({ length: PAGES }, () => openOne().catch(() => {})),
);
