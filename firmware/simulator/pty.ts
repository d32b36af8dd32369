/** A virtual board's console as a serial port: socat puts a pseudo-terminal before its TCP port. */

/** A pseudo-terminal that stands for a serial port. */
export interface Pty extends AsyncDisposable {
  /** Where it is: `/dev/pts/3`. */
  path: string;
}

/**
 * Puts a pseudo-terminal before a TCP port of this machine, on Linux where socat is installed and may be run; resolves
 * with undefined elsewhere. It is connected while a program has it open, as often as one does. `onMoved` is told where it is
 * when it comes back under another path.
 *
 * @example
 * ```ts
 * import { openPty } from "./pty.ts";
 *
 * await using pty = await openPty(2323);
 * console.log(pty?.path ?? "no socat");
 * ```
 */
export async function openPty(
  port: number,
  onMoved: (path: string) => void = () => {},
): Promise<Pty | undefined> {
  let socat = await start(port);
  if (!socat) return undefined;
  const { path } = socat;
  let ending = false;
  // It ends with the program that had it open, or is killed.
  const lasting = (async () => {
    let last = path;
    while (socat) {
      if (socat.path !== last) onMoved(last = socat.path);
      if (ending) socat.kill();
      await socat.ended;
      if (ending) return;
      socat = await start(port);
    }
  })();
  return {
    path,
    async [Symbol.asyncDispose]() {
      ending = true;
      socat?.kill();
      await lasting;
    },
  };
}

/** Ends socat when stdin ends, which it does with this process, too, however that ends. Ctrl-C is this process's matter. */
const GUARD = 'trap "" INT; socat "$@" & exec 2>&-; read -r _; kill $!; wait';

async function start(port: number) {
  // Elsewhere nobody has seen socat notice that a program opened the device.
  if (Deno.build.os !== "linux") return undefined;
  const { state } = await Deno.permissions.query({ name: "run" });
  if (state !== "granted") return undefined;
  const child = new Deno.Command("/bin/sh", {
    args: [
      ...["-c", GUARD, "sh", "-dd"], // tells the path
      "pty,raw,echo=0,wait-slave,pty-interval=0.1",
      `tcp:127.0.0.1:${port}`,
    ],
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const kill = () => child.stdin.close().catch(() => {});
  const found = Promise.withResolvers<string | undefined>();
  const reading = (async () => {
    let said = "";
    for await (
      const text of child.stderr.pipeThrough(new TextDecoderStream())
    ) {
      said = (said + text).slice(-1000);
      const path = / PTY is (\S+)\n/.exec(said)?.[1];
      if (path) found.resolve(path);
    }
    found.resolve(undefined);
    await kill();
  })();
  const ended = Promise.all([child.status, reading]);
  const path = await found.promise;
  if (path !== undefined) return { path, kill, ended };
  await ended;
  return undefined;
}
