import { fileURLToPath } from "node:url";

const ROOT = new URL("../", import.meta.url);

/** What a Worker is started from: a program of its own, beside `main.ts`. */
const WORKER = "firmware/simulator/worker";

/** Packages that read their WebAssembly from the folder that they lie in. */
const WITH_FILES = [
  "@micropython/micropython-webassembly-pyscript",
  "@micropython/micropython-webassembly-pyscript/micropython.wasm",
  "@pybricks/mpy-cross-v6",
];

/** Packages that are not installed: the code that imports them never runs. */
const MISSING = ["react-devtools-core"];

/** A program in few files: it starts faster than from hundreds. */
export interface Bundle {
  /** The path of its main file. */
  main: string;
  /** The path of its Worker's file. */
  worker: string;
}

/**
 * Bundles `main.ts` into a folder of the checkout, where Deno finds its
 * configuration. What is imported dynamically gets a file of its own, and is
 * loaded when it is used. So files of an earlier bundle stay: a weir that runs
 * may still need them.
 *
 * @throws {Error} with Deno's words if that fails.
 */
export async function bundle(folder: string): Promise<Bundle> {
  const output = fileURLToPath(new URL(folder, ROOT));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--frozen", "--platform", "deno"],
      ...[...WITH_FILES, ...MISSING].map((name) => `--external=${name}`),
      // After those, which would take the files for more of them.
      ...["--code-splitting", "--outdir", output],
      ...["main.ts", `${WORKER}.ts`],
    ],
    cwd: ROOT,
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  await pointAtWorker(output);
  return {
    main: `${output}/main.js`,
    worker: `${output}/${WORKER}.js`,
  };
}

/** The URL of the Worker, in the file that starts it, is the source's. */
async function pointAtWorker(output: string): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(output)) {
    if (!isFile) continue;
    const path = `${output}/${name}`;
    const code = await Deno.readTextFile(path);
    if (!code.includes(`new URL("./worker.ts"`)) continue;
    await Deno.writeTextFile(
      path,
      code.replaceAll(`new URL("./worker.ts"`, `new URL("./${WORKER}.js"`),
    );
    return;
  }
  throw new Error("No file of the bundle starts the Worker.");
}
