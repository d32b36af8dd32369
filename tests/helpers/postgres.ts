import { freePort } from "./mosquitto.ts";
import { type Lines, readLines } from "./lines.ts";
import { run } from "./run.ts";

/** A running PostgreSQL of one test's own. */
export interface Postgres extends AsyncDisposable {
  /** `postgres://postgres@127.0.0.1:PORT/postgres` */
  url: string;
}

/** The folder of PostgreSQL's programs, which Debian puts on no path. */
export function findPostgres(): string | undefined {
  try {
    return [...Deno.readDirSync("/usr/lib/postgresql")]
      .map(({ name }) => `/usr/lib/postgresql/${name}/bin`).sort().at(-1);
  } catch {
    return undefined;
  }
}

/** Starts a PostgreSQL on a free loopback port. */
export async function startPostgres(programs: string): Promise<Postgres> {
  const folder = await Deno.makeTempDir({ prefix: "weir-postgres-" });
  // It refuses to run as root.
  const user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"];
  const [starter, ...args] = Deno.uid() === 0 ? ["setpriv", ...user] : ["env"];
  if (Deno.uid() === 0) await run("chown", ["postgres", folder]);
  const port = freePort();
  const remove = () => Deno.remove(folder, { recursive: true });
  let log: Lines | undefined;
  try {
    await run(starter, [
      ...[...args, `${programs}/initdb`, "-D", `${folder}/data`],
      ...["-U", "postgres", "-A", "trust", "--no-sync"],
    ]);
    const server = new Deno.Command(starter, {
      args: [
        ...[...args, `${programs}/postgres`, "-D", `${folder}/data`],
        ...["-p", `${port}`, "-k", folder, "-h", "127.0.0.1"],
      ],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    log = readLines(server.stderr);
    await log.match(/ready to accept connections/);
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      async [Symbol.asyncDispose]() {
        server.kill("SIGINT");
        await server.status;
        await log?.ended;
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
