/** How a program did. */
export interface Ran {
  /** From its start to its end, in seconds. */
  seconds: number;
  /** The most memory that it held, in bytes; unknown if there is no /proc. */
  memory?: number;
}

/** How often a process is looked at, in milliseconds. */
const INTERVAL = 20;

/**
 * Runs a program to its end.
 *
 * @throws if it fails, with what it said.
 */
export async function runChild(
  [program, ...args]: readonly string[],
): Promise<Ran> {
  const started = performance.now();
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let memory: number | undefined;
  const timer = setInterval(() => {
    memory = peakMemory(child.pid) ?? memory;
  }, INTERVAL);
  try {
    const said = await new Response(child.stderr).text();
    const { code } = await child.status;
    const seconds = (performance.now() - started) / 1000;
    if (code !== 0) throw new Error(`${program} ended with ${code}: ${said}`);
    return { seconds, memory };
  } finally {
    clearInterval(timer);
  }
}

/** The most physical memory a process had, in bytes (proc(5), VmHWM). */
function peakMemory(pid: number): number | undefined {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const kib = status.match(/^VmHWM:\s+(\d+) kB/m)?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}
