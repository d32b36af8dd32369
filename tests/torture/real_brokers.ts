import { freePort } from "../helpers/mosquitto.ts";
import { run } from "../helpers/run.ts";
import { MAIN } from "../helpers/weir.ts";

/** A broker that runs, on loopback, in a temporary folder of its own. */
export interface RunningBroker extends AsyncDisposable {
  /** Where it listens. */
  port: number;
  /** `mqtt://127.0.0.1:PORT` */
  url: string;
}

/** A broker that can be tried. */
export interface RealBroker {
  /** By this name it is asked for. */
  name: string;
  /** Its name and version; undefined if it is not installed. */
  version(): Promise<string | undefined>;
  /** Starts one. */
  start(): Promise<RunningBroker>;
  /** Who to be there. */
  login?: { username: string; password: string };
  /** After so many seconds it sends again what was not acknowledged. */
  sendsAgainAfter: number;
}

/** The brokers that Debian has as packages, and weir's own. */
export const REAL_BROKERS: RealBroker[] = [
  {
    name: "mosquitto",
    version: () => packaged("Mosquitto", "mosquitto"),
    sendsAgainAfter: 0,
    start: () =>
      startBroker(async (folder, port) => {
        await Deno.writeTextFile(
          `${folder}/mosquitto.conf`,
          `listener ${port} 127.0.0.1
allow_anonymous true
max_queued_messages 0
max_queued_bytes 0
${Deno.uid() === 0 ? "user root" : ""}
`,
        );
        return {
          program: "mosquitto",
          args: ["-c", `${folder}/mosquitto.conf`],
        };
      }),
  },
  {
    name: "rabbitmq",
    version: () => packaged("RabbitMQ", "rabbitmq-server"),
    sendsAgainAfter: 0,
    start: async () => {
      // Erlang's nodes find each other through it.
      const names = freePort();
      const epmd = new Deno.Command("epmd", {
        args: ["-port", `${names}`, "-address", "127.0.0.1"],
        ...SILENT,
      }).spawn();
      const rabbit = await startBroker(async (folder, port) => {
        await Deno.writeTextFile(
          `${folder}/rabbitmq.conf`,
          `listeners.tcp = none
mqtt.listeners.tcp.1 = 127.0.0.1:${port}
mqtt.allow_anonymous = true
mqtt.prefetch = 100
`,
        );
        await Deno.writeTextFile(`${folder}/plugins`, "[rabbitmq_mqtt].\n");
        return {
          program: RABBITMQ,
          env: {
            HOME: folder,
            ERL_EPMD_PORT: `${names}`,
            RABBITMQ_NODENAME: `weir${port}@localhost`,
            RABBITMQ_DIST_PORT: `${freePort()}`,
            RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq.conf`,
            RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/plugins`,
            RABBITMQ_MNESIA_BASE: `${folder}/data`,
            RABBITMQ_LOG_BASE: `${folder}/log`,
            RABBITMQ_PID_FILE: `${folder}/pid`,
          },
        };
      });
      return {
        ...rabbit,
        async [Symbol.asyncDispose]() {
          await rabbit[Symbol.asyncDispose]();
          epmd.kill();
          await epmd.status;
        },
      };
    },
  },
  {
    name: "nats",
    version: () => packaged("NATS", "nats-server"),
    sendsAgainAfter: 30,
    start: () =>
      startBroker(async (folder, port) => {
        await Deno.writeTextFile(
          `${folder}/nats.conf`,
          `server_name: weir
listen: "127.0.0.1:${freePort()}"
jetstream { store_dir: "${folder}/data" }
mqtt { listen: "127.0.0.1:${port}" }
`,
        );
        return { program: "nats-server", args: ["-c", `${folder}/nats.conf`] };
      }),
  },
  {
    name: "ejabberd",
    version: () => packaged("ejabberd", "ejabberd"),
    login: { username: "weir", password: "any" },
    sendsAgainAfter: 0,
    start: () =>
      startBroker(async (folder, port) => {
        const config = `${folder}/ejabberd.yml`;
        await Deno.writeTextFile(
          config,
          `hosts: [localhost]
auth_method: anonymous
anonymous_protocol: login_anon
allow_multiple_connections: true
listen:
  - { port: ${port}, ip: "127.0.0.1", module: mod_mqtt }
modules:
  mod_mqtt: { max_queue: unlimited, session_expiry: 1 hour }
`,
        );
        return {
          program: "erl",
          args: ["-noinput", "-mnesia", "dir", `"${folder}/data"`]
            .concat("-s", "ejabberd"),
          env: {
            HOME: folder,
            ERL_LIBS: await erlangLibraries(),
            EJABBERD_CONFIG_PATH: config,
            EJABBERD_LOG_PATH: `${folder}/ejabberd.log`,
          },
        };
      }),
  },
  {
    name: "weir",
    version: async () => {
      const { default: { version } } = await import("../../deno.json", {
        with: { type: "json" },
      });
      return `weir broker ${version}`;
    },
    sendsAgainAfter: 0,
    start: () =>
      startBroker((_, port) => ({
        program: Deno.execPath(),
        args: ["run", "-q", "-A", MAIN, "broker", "--port", `${port}`],
      })),
  },
];

/** Debian's scripts around it change the user and the folder. */
const RABBITMQ = "/usr/lib/rabbitmq/bin/rabbitmq-server";
const SILENT = { stdin: "null", stdout: "null", stderr: "null" } as const;

/** How a broker is started. */
interface Launch {
  program: string;
  args?: string[];
  env?: Record<string, string>;
}

async function startBroker(
  prepare: (folder: string, port: number) => Launch | Promise<Launch>,
): Promise<RunningBroker> {
  const folder = await Deno.makeTempDir({ prefix: "weir-broker-" });
  const port = freePort();
  const { program, args, env } = await prepare(folder, port);
  const log = await Deno.open(`${folder}/output`, {
    write: true,
    create: true,
  });
  const child = new Deno.Command(program, {
    args,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const logged = child.stdout.pipeTo(log.writable);
  const end = async () => {
    try {
      child.kill("SIGTERM");
    } catch {
      // It has ended by itself.
    }
    const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await child.status;
    clearTimeout(late);
    await logged;
  };
  try {
    await listening(port, program);
  } catch (error) {
    await end();
    const output = await Deno.readTextFile(`${folder}/output`);
    throw new Error(`${(error as Error).message}\n${output}`);
  }
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await end();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Resolves when somebody listens on a port; Erlang takes its time. */
async function listening(port: number, program: string): Promise<void> {
  const deadline = performance.now() + 90_000;
  for (;;) {
    try {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      return connection.close();
    } catch {
      if (performance.now() > deadline) {
        throw new Error(`${program} does not listen on port ${port}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** The name and version of a package, if it is installed. */
async function packaged(
  name: string,
  debian: string,
): Promise<string | undefined> {
  // Not by starting it: rabbitmq-server knows no option that only prints.
  const version = await run("dpkg-query", ["-W", "-f", "${Version}", debian])
    .catch(() => undefined);
  return version && `${name} ${version}`;
}

/** Debian's Erlang libraries lie in the folder of its processor. */
async function erlangLibraries(): Promise<string> {
  const script = await Deno.readTextFile("/usr/sbin/ejabberdctl");
  return /^ERL_LIBS='(.+)'/m.exec(script)?.[1] ?? "";
}
