import { makeCertificates } from "./certificates.ts";
import { type Folder, makeFolder } from "./folder.ts";
import { freePort, type Mosquitto, startMosquitto } from "./mosquitto.ts";
import { run } from "./run.ts";
import { type ShellOptions, startShell } from "./shell.ts";

const ROOT = new URL("../../", import.meta.url);

/** The broker of the pages that is reached over TLS. */
const OVER_TLS = "mqtts://broker.example.org";

/** What tells that a command has come to where it stays. */
export const THERE = /^(Connected|Broker is listening|\d+ boards? publish)/;

/** Where somebody sits who follows a page. */
export interface Desk extends AsyncDisposable {
  /** How a shell is started there: `weir` and `deno` are on the PATH. */
  options: ShellOptions;
  /** The port of the broker on this desk. */
  port: number;
  /** A text with what it says of the network as it is here. */
  here(text: string): string;
}

/**
 * Sets up what a page takes for granted: a broker and a board that publishes as
 * `lux-1`, virtual as it is, and where the page runs Deno itself, a checkout to
 * stand in. A page that starts a broker of its own gets neither broker nor board.
 */
export async function setUpDesk(page: string): Promise<Desk> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await makeFolder());
  if (/^\$? *(npx -y )?deno\b/m.test(page)) {
    await copyCheckout(ROOT, folder.path("."));
  }
  const own = page.includes("\nweir broker");
  const repl = freePort();
  const tls = freePort();
  const port = own
    ? freePort()
    : stack.use(await startBroker(folder, page, tls)).port;
  await putPrograms(folder, port);
  const home = folder.path("home");
  const options = {
    cwd: folder.path("."),
    env: {
      PATH: [`${home}/.deno/bin`, folder.path("bin"), Deno.env.get("PATH")]
        .join(":"),
      HOME: home,
      DENO_DIR: await denoDir(),
      ...own || !page.includes(OVER_TLS)
        ? {}
        : { DENO_CERT: folder.path("ca.pem") },
      WEIR_BROKER: `mqtt://localhost:${port}`,
      NO_COLOR: "1",
    },
  };
  if (!own) {
    const board = stack.use(
      startShell(`exec weir sim --boards 1 --repl ${repl}`, options),
    );
    await board.stderr.match(/Connection successful/);
  }
  const moved = stack.move();
  return {
    options,
    port,
    here: (text) =>
      text
        .replaceAll("mqtt://pi", `mqtt://localhost:${port}`)
        .replaceAll(OVER_TLS, `mqtts://localhost:${tls}`)
        .replaceAll("MQTT_PORT = 1883", `MQTT_PORT = ${port}`)
        .replaceAll("2323", `${repl}`),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

/** A Mosquitto; where a page needs that, `ada` can log in to it over TLS, too. */
async function startBroker(
  folder: Folder,
  page: string,
  tls: number,
): Promise<Mosquitto> {
  if (!page.includes(OVER_TLS)) return startMosquitto();
  const { ca, serverCert, serverKey } = await makeCertificates(
    folder.path("."),
  );
  const password = "a secret";
  await Deno.mkdir(folder.path("home"));
  await Deno.writeTextFile(folder.path("home/.weir-password"), password);
  const logins = folder.path("logins");
  await run("mosquitto_passwd", ["-c", "-b", logins, "ada", password]);
  return startMosquitto({
    config: () =>
      `password_file ${logins}
listener ${tls} 127.0.0.1
cafile ${ca}
certfile ${serverCert}
keyfile ${serverKey}`,
  });
}

/** Puts `weir`, from source and its broker at the port, and `deno` into the folder. */
async function putPrograms(folder: Folder, port: number): Promise<void> {
  const main = new URL("main.ts", ROOT).pathname;
  const weir = `exec '${Deno.execPath()}' run -q -A --no-prompt '${main}'`;
  const put = (name: string, lines: string) =>
    Deno.writeTextFile(folder.path(`bin/${name}`), `#!/bin/sh\n${lines}\n`, {
      mode: 0o755,
    });
  await Deno.mkdir(folder.path("bin"));
  await Deno.mkdir(folder.path("home"), { recursive: true });
  await linkSettings(folder.path("home"));
  await put(
    "weir",
    `if [ "$1" = broker ]; then shift; ${weir} broker --port ${port} "$@"; fi\n${weir} "$@"`,
  );
  await put("deno", `exec '${Deno.execPath()}' "$@"`);
  // npx -y deno@2.9.6, and no download.
  await put("npx", `shift 2; exec '${Deno.execPath()}' "$@"`);
}

/** A network's own registry, if one is set, is set in this home as well. */
async function linkSettings(home: string): Promise<void> {
  const settings = `${Deno.env.get("HOME")}/.npmrc`;
  const there = await Deno.stat(settings).then(() => true, () => false);
  if (there) await Deno.symlink(settings, `${home}/.npmrc`);
}

/** What a fresh clone has. */
async function copyCheckout(from: URL, to: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (/^(\..*|node_modules|dist|out-.*)$/.test(name)) continue;
    const path = new URL(name, from);
    if (isDirectory) {
      await Deno.mkdir(`${to}/${name}`);
      await copyCheckout(new URL(`${path}/`), `${to}/${name}`);
    } else await Deno.copyFile(path, `${to}/${name}`);
  }
}

/** The folder of Deno's packages; found by HOME unless it is given. */
async function denoDir(): Promise<string> {
  const text = await run(Deno.execPath(), ["info", "--json"]);
  return JSON.parse(text).denoDir;
}
