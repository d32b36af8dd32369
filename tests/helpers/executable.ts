import { denortVersion } from "../../build/denort_version.ts";

const ROOT = new URL("../../", import.meta.url);

/** How long compiling may take: it may download Deno's runtime, in ms. */
const PATIENCE = 300_000;

/** A compiled weir, or why there is none. */
export type Executable = { path: string } | { why: string };

/**
 * Compiles weir as `deno task compile` does, with the Deno that runs the tests;
 * or, where DENORT_BIN names the runtime of another one, with that one.
 */
export async function makeExecutable(): Promise<Executable> {
  const folder = await Deno.makeTempDir({ prefix: "weir-compiled-" });
  globalThis.addEventListener("unload", () => {
    Deno.removeSync(folder, { recursive: true });
  });
  const denort = Deno.env.get("DENORT_BIN");
  const version = denort && await denortVersion(denort);
  const deno = version && version !== Deno.version.deno
    ? ["npx", "-y", `deno@${version}`]
    : [Deno.execPath()];
  try {
    const { success, stderr } = await new Deno.Command(deno[0], {
      args: [
        ...deno.slice(1),
        "task",
        "--quiet",
        "--no-lock",
        "compile",
        folder,
      ],
      cwd: ROOT,
      // Trusts what the machine trusts, so that it works behind a TLS proxy.
      env: {
        DENO_TLS_CA_STORE: Deno.env.get("DENO_TLS_CA_STORE") ??
          "system,mozilla",
        NO_COLOR: "1",
      },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      signal: AbortSignal.timeout(PATIENCE),
    }).output();
    if (!success) return { why: oneLine(new TextDecoder().decode(stderr)) };
  } catch (error) {
    return { why: (error as Error).message };
  }
  return { path: `${folder}/weir${Deno.build.os === "windows" ? ".exe" : ""}` };
}

function oneLine(text: string): string {
  return text.trim().split("\n").map((line) => line.trim()).join(" ");
}
