import { freePort } from "../helpers/mosquitto.ts";

/** Three NATS servers with JetStream that hold each message three times. */
export interface NatsCluster extends AsyncDisposable {
  /** `mqtt://127.0.0.1:PORT` of each node. */
  urls: readonly string[];
  /** Kills a node. */
  kill(node: number): Promise<void>;
  /** Starts a node again; resolves when it takes part. */
  start(node: number): Promise<void>;
}

const NODES = [0, 1, 2];
const PATIENCE = 60_000;

/**
 * Starts a cluster on loopback. What is published on `sensors/ID` comes on
 * `part/I/ID`, where I is 0 to `partitions` - 1 and always the same for one ID.
 */
export async function startNatsCluster(
  partitions: number,
): Promise<NatsCluster> {
  const folder = await Deno.makeTempDir({ prefix: "weir-nats-" });
  const ports = NODES.map(() => ({
    client: freePort(),
    cluster: freePort(),
    mqtt: freePort(),
    monitor: freePort(),
  }));
  const routes = ports.map(({ cluster }) => `"nats://127.0.0.1:${cluster}"`);
  const children: Deno.ChildProcess[] = [];

  const start = async (node: number) => {
    const { client, cluster, mqtt, monitor } = ports[node];
    const config = `${folder}/${node}.conf`;
    await Deno.writeTextFile(
      config,
      `server_name: "node-${node}"
listen: "127.0.0.1:${client}"
http: "127.0.0.1:${monitor}"
jetstream { store_dir: "${folder}/${node}" }
cluster { name: weir, listen: "127.0.0.1:${cluster}", routes: [${routes}] }
mqtt { listen: "127.0.0.1:${mqtt}", stream_replicas: 3 }
mappings { "sensors.*": "part.{{partition(${partitions},1)}}.{{wildcard(1)}}" }
`,
    );
    children[node] = new Deno.Command("nats-server", {
      args: ["-c", config, "-l", `${folder}/${node}.log`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  };
  /** Resolves when a node says that it takes part. */
  const healthy = async (node: number) => {
    const url = `http://127.0.0.1:${
      ports[node].monitor
    }/healthz?js-server-only=true`;
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const { ok, text } = await fetch(url)
        .then(async (answer) => ({ ok: answer.ok, text: await answer.text() }))
        .catch((error) => ({ ok: false, text: error.message }));
      if (ok) return;
      if (performance.now() > deadline) {
        throw new Error(`node ${node}: ${text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const kill = async (node: number) => {
    children[node].kill("SIGKILL");
    await children[node].status;
  };

  const end = async () => {
    await Promise.all(NODES.map((node) => kill(node).catch(() => {})));
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await Promise.all(NODES.map(start));
    await Promise.all(NODES.map(healthy));
  } catch (error) {
    await end();
    throw error;
  }
  return {
    urls: ports.map(({ mqtt }) => `mqtt://127.0.0.1:${mqtt}`),
    kill,
    async start(node) {
      await start(node);
      await healthy(node);
    },
    [Symbol.asyncDispose]: end,
  };
}
