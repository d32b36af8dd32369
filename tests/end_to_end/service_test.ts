import assert from "node:assert/strict";
import { attend } from "../helpers/attend.ts";
import { setUpDesk, THERE } from "../helpers/desk.ts";
import { freePort } from "../helpers/mosquitto.ts";
import { MOSQUITTO, tell, testNeeding } from "../helpers/needs.ts";
import { startShell } from "../helpers/shell.ts";

const EXAMPLES = new URL("../../examples/", import.meta.url);

/** What systemd does with its socket: it prints each message as one line. */
const SYSTEMD = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("bound", flush=True)
while True:
    print(s.recv(4096).decode().replace("\\n", " "), flush=True)
`;

/** A test of the service; systemd is on Linux alone. */
function serviceTest(name: string, test: () => Promise<void>): void {
  if (Deno.build.os !== "linux") {
    tell("The tests of the service run on Linux alone: they are skipped.");
    return Deno.test({ name, ignore: true, fn: test });
  }
  const more = { python3: "python3", curl: "curl" };
  testNeeding(
    { ...MOSQUITTO, ...more, "systemd-notify": "systemd" },
    name,
    test,
  );
}

/** Starts the script, and what stands for systemd. The watchdog has 2 s. */
async function startService(command: string) {
  await using stack = new AsyncDisposableStack();
  const { options } = stack.use(await setUpDesk(""));
  const socket = `${options.cwd}/notify`;
  const systemd = stack.use(attend(
    new Deno.Command("python3", {
      args: ["-c", SYSTEMD, socket],
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  ));
  await systemd.stdout.match(/^bound/);
  const env = {
    ...options.env,
    NOTIFY_SOCKET: socket,
    WATCHDOG_USEC: "2000000",
  };
  const script = new URL("weir-notify.sh", EXAMPLES).pathname;
  const text = `exec '${script}' ${freePort()} ${command}`;
  const weir = stack.use(startShell(text, { ...options, env }));
  const moved = stack.move();
  return {
    messages: systemd.stdout,
    weir,
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

serviceTest(
  "the command of examples/weir.service says that it is ready and alive, and ends as weir does",
  async () => {
    const unit = await Deno.readTextFile(new URL("weir.service", EXAMPLES));
    const command =
      /^ExecStart=\/usr\/local\/bin\/weir-notify 8080 \/usr\/local\/bin\/(.*)$/m;
    await using service = await startService(command.exec(unit)![1]);
    const { messages, weir } = service;
    await weir.stderr.match(THERE);
    await messages.match(/^READY=1 WATCHDOG=1 STATUS=Healthy/, 2);
    weir.interrupt();
    assert.equal(await weir.code, 0, weir.said());
  },
);

serviceTest(
  "a service that is not healthy stays alive, and its status is the reason",
  async () => {
    await using service = await startService(
      "weir record silent test.csv --quiet-after 3s",
    );
    const { messages, weir } = service;
    await messages.match(/WATCHDOG=1 STATUS=nothing heard for \d+ s$/, 2);
    weir.interrupt();
    assert.equal(await weir.code, 0, weir.said());
  },
);
