import { readLines } from "./lines.ts";
import { run } from "./run.ts";

/** A running Mosquitto of one test's own. */
export interface Mosquitto extends AsyncDisposable {
  /** The port of its first listener, on loopback. */
  port: number;
  /** `mqtt://127.0.0.1:PORT` */
  url: string;
  /** Its folder: configuration, certificates, persistence. */
  folder: string;
  /** Ends it, with SIGKILL or as asked for, and waits for that. */
  stop(signal?: Deno.Signal): Promise<void>;
  /** Starts it again on the same port with the same configuration. */
  start(): Promise<void>;
  /** Publishes with `mosquitto_pub`; `args` such as `["-t", "x", "-m", "1"]`. */
  publish(...args: string[]): Promise<void>;
  /** Publishes each of the lines with `mosquitto_pub -l`. */
  publishLines(
    topic: string,
    lines: string[],
    ...args: string[]
  ): Promise<void>;
}

/** How it is set up. */
export interface MosquittoOptions {
  /** More lines of its configuration; those of the first listener come first. */
  config?: (folder: string) => string;
  /** Files to be there before it starts, by their name in its folder. */
  files?: Record<string, string>;
  /** Whether clients without a login are let in. Default: yes. */
  anonymous?: boolean;
}

/** Starts a Mosquitto on a free loopback port. */
export async function startMosquitto(
  options: MosquittoOptions = {},
): Promise<Mosquitto> {
  const folder = await Deno.makeTempDir({ prefix: "weir-mosquitto-" });
  for (const [name, text] of Object.entries(options.files ?? {})) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
  const port = freePort();
  const config = `${folder}/mosquitto.conf`;
  await Deno.writeTextFile(
    config,
    `per_listener_settings false
log_dest stderr
allow_anonymous ${options.anonymous ?? true}
listener ${port} 127.0.0.1
${options.config?.(folder) ?? ""}
`,
  );
  // Started as root it would become the user "mosquitto", who cannot read here.
  if (Deno.build.os !== "windows" && Deno.uid() === 0) {
    await Deno.writeTextFile(config, "user root\n", { append: true });
  }
  let child: Deno.ChildProcess | undefined;
  let log: ReturnType<typeof readLines> | undefined;

  const start = async () => {
    child = new Deno.Command("mosquitto", {
      args: ["-c", config],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    log = readLines(child.stderr);
    await log.match(/mosquitto version .* running/);
  };
  const stop = async (signal: Deno.Signal = "SIGKILL") => {
    if (!child) return;
    try {
      child.kill(signal);
    } catch {
      // It has ended by itself.
    }
    await child.status;
    await log?.ended;
    child = undefined;
  };
  const publish = async (args: string[], stdin?: string) => {
    await run(
      "mosquitto_pub",
      ["-h", "127.0.0.1", "-p", `${port}`, ...args],
      stdin,
    );
  };
  await start();
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    folder,
    start,
    stop,
    publish: (...args) => publish(args),
    publishLines: (topic, lines, ...args) =>
      publish(["-t", topic, "-l", ...args], lines.join("\n") + "\n"),
    async [Symbol.asyncDispose]() {
      await stop();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/**
 * A port that nobody listens on now. It lies below those that systems give to
 * connections and to listeners on port 0, so that no other test gets it
 * before it is listened on.
 */
export function freePort(): number {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
