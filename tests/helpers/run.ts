/** For a test that would hang for ever; no test relies on its length. In ms. */
const PATIENCE = 300_000;

/** Runs a program to its end; throws with its output if it fails, or never ends. */
export async function run(
  program: string,
  args: string[],
  stdin?: string,
): Promise<string> {
  const child = new Deno.Command(program, {
    args,
    signal: AbortSignal.timeout(PATIENCE),
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin));
    await writer.close();
  }
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${program}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
