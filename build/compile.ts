/**
 * Makes weir into one file: `deno task compile [folder]` for this machine,
 * `deno task compile:all [folder]` for every machine, with their SHA256SUMS.
 *
 * @module
 */
import { type Bundle, bundle } from "./bundle.ts";
import { denortVersion } from "./denort_version.ts";
import { FLAGS } from "./executable_flags.ts";
import { sha256sums } from "./sha256_sums.ts";

const ROOT = new URL("../", import.meta.url);

const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
];

/** Whether this Deno is older than the one that weir is written for. */
const older = !("tryLock" in Deno.FsFile.prototype);

/** A mistake that a sentence explains. */
class CompileError extends Error {}

/** What is compiled. An older Deno makes no bundle that runs in it. */
function makeProgram(): Promise<Bundle> {
  return older
    ? Promise.resolve({
      main: "build/main_for_older_deno.ts",
      worker: "firmware/simulator/worker.ts",
    })
    : bundle("dist/compiled").catch(({ message }) => {
      throw why(message, Deno.build.target);
    });
}

async function compile(
  { main, worker }: Bundle,
  target: string,
  output: string,
): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["compile", "--quiet", "--no-check", ...FLAGS],
      // An older Deno does not know the lock file's format.
      ...older ? ["--no-lock"] : ["--frozen", "--exclude-unused-npm"],
      // Found at run time only.
      ...["--include", worker],
      ...target === Deno.build.target ? [] : ["--target", target],
      ...["--output", output, main],
    ],
    cwd: ROOT,
    stderr: "piped",
  }).output();
  if (!success) throw why(new TextDecoder().decode(stderr), target);
}

/** What went wrong, and what to do about it. */
function why(stderr: string, target: string): CompileError {
  if (/UnknownIssuer/.test(stderr)) {
    return new CompileError(
      "A download failed because its certificate is signed by somebody unknown: a proxy of this network, perhaps.\n" +
        "To trust what this machine trusts: DENO_TLS_CA_STORE=system deno task compile",
    );
  }
  if (/denort|base binary/.test(stderr)) {
    const [, url, cause] = /(https?:[^\s)]+).*: (.+)/.exec(stderr) ?? [];
    const reason = url ? `${url}: ${cause}` : stderr.trim();
    return new CompileError(
      `deno compile needs its runtime (denort), which it downloads at first use. That failed:\n  ${reason}\n` +
        `If your network has no way there, DENORT_BIN names a copy of it (Deno ${Deno.version.deno}, ${target}):\n` +
        "  DENORT_BIN=path/to/denort deno task compile",
    );
  }
  return new CompileError(stderr.trim());
}

/** A local denort must be of this Deno; else the executable would not start. */
async function checkDenort(all: boolean): Promise<void> {
  const path = Deno.env.get("DENORT_BIN");
  if (!path) return;
  if (all) {
    throw new CompileError(
      "DENORT_BIN is the runtime of one machine, so compile:all cannot use it. Unset it, or: deno task compile",
    );
  }
  const version = await denortVersion(path).catch((error) => {
    throw new CompileError(`Cannot read DENORT_BIN: ${error.message}`);
  });
  if (version && version !== Deno.version.deno) {
    throw new CompileError(
      `${path} is the runtime of Deno ${version}, and this is Deno ${Deno.version.deno}.\n` +
        `Try: npx -y deno@${version} task --no-lock compile`,
    );
  }
}

async function compileAll(folder: string): Promise<void> {
  const program = await makeProgram();
  const names: string[] = [];
  for (const target of TARGETS) {
    const name = `weir-${target}${target.includes("windows") ? ".exe" : ""}`;
    await compile(program, target, `${folder}/${name}`);
    names.push(name);
    console.error(`Compiled ${folder}/${name}`);
  }
  const sums = await sha256sums(folder, names);
  await Deno.writeTextFile(`${folder}/SHA256SUMS`, sums);
}

/** An older Deno that was started without --no-lock has rewritten deno.lock. */
async function tellLock(): Promise<void> {
  const args = ["diff", "--quiet", "--", "deno.lock"];
  const changed = await new Deno.Command("git", { args, cwd: ROOT }).output()
    .then(({ code }) => code === 1, () => false);
  if (!changed) return;
  console.error(
    `deno.lock is changed: Deno ${Deno.version.deno} knows less of it. To take that back: git checkout deno.lock\n` +
      "To leave it alone: deno task --no-lock compile",
  );
}

async function compileHere(folder: string): Promise<void> {
  const name = Deno.build.os === "windows" ? "weir.exe" : "weir";
  const program = await makeProgram();
  await compile(program, Deno.build.target, `${folder}/${name}`);
  console.error(
    `Compiled ${folder}/${name} (${Deno.build.target}, Deno ${Deno.version.deno})`,
  );
  if (older) await tellLock();
}

if (import.meta.main) {
  const all = Deno.args.includes("--all");
  const folder = Deno.args.find((arg) => !arg.startsWith("-")) ?? "dist";
  try {
    await checkDenort(all);
    await Deno.mkdir(folder, { recursive: true });
    await (all ? compileAll : compileHere)(folder);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
