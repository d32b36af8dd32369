/**
 * weir for the runtime of a Deno that is older than the one it is written for:
 * what that one lacks, and then `main.ts`.
 *
 * @module
 */

/** How long a lock that somebody else holds is waited for, in ms. */
const PATIENCE = 100;

// Deno.FsFile.prototype.tryLock: whether the lock could be had at once.
Object.assign(Deno.FsFile.prototype, {
  async tryLock(this: Deno.FsFile, exclusive: boolean): Promise<boolean> {
    const given = this.lock(exclusive).then(() => true);
    given.catch(() => {});
    let timer;
    const waited = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), PATIENCE);
    });
    const locked = await Promise.race([given, waited]);
    clearTimeout(timer);
    return locked;
  },
});

await import("../main.ts");

export {};
