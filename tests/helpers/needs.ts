/** For a test that would hang for ever; no test relies on its length. In ms. */
const PATIENCE = 300_000;

/**
 * A test that needs programs, each with the package that brings it. If one is
 * not installed, the test is skipped, and one line says so; in CI it runs, and
 * fails.
 */
export function testNeeding(
  programs: Record<string, string>,
  name: string,
  test: () => Promise<void>,
): void {
  const missing = Object.entries(programs)
    .filter(([program]) => !isThere(program));
  const skip = missing.length > 0 && !Deno.env.has("CI");
  if (skip) {
    for (const [program, install] of missing) {
      tell(
        `${program} is not installed: the tests that need it are skipped. Try: apt-get install ${install}`,
      );
    }
  }
  Deno.test({ name, ignore: skip, fn: test, timeout: PATIENCE });
}

/** Prints a line once for all test files: what they share is their environment. */
export function tell(line: string): void {
  const told = `WEIR_TESTS_TOLD_${line.replaceAll(/\W+/g, "_")}`;
  if (Deno.env.has(told)) return;
  Deno.env.set(told, "1");
  console.error(line);
}

/** Mosquitto and its clients. */
export const MOSQUITTO = {
  mosquitto: "mosquitto",
  mosquitto_pub: "mosquitto-clients",
};

/** A test against a real Mosquitto. */
export function mosquittoTest(name: string, test: () => Promise<void>): void {
  testNeeding(MOSQUITTO, name, test);
}

/** The same over TLS, with certificates made for it. */
export function tlsTest(name: string, test: () => Promise<void>): void {
  testNeeding({ openssl: "openssl", ...MOSQUITTO }, name, test);
}

/** A test in a real terminal, with a real Mosquitto. */
export function terminalTest(name: string, test: () => Promise<void>): void {
  testNeeding({ tmux: "tmux", ...MOSQUITTO }, name, test);
}

/** A test in a real browser; see `openPage()`. */
export function browserTest(name: string, test: () => Promise<void>): void {
  // Elsewhere Chromium is no program on the PATH.
  if (Deno.build.os !== "linux") {
    tell("The tests in a browser run on Linux alone: they are skipped.");
    return Deno.test({ name, ignore: true, fn: test });
  }
  testNeeding({ chromium: "chromium" }, name, test);
}

/** A test of a clock that is set, with a real Mosquitto. */
export function clockTest(name: string, test: () => Promise<void>): void {
  // There it works with programs of one thread only.
  if (Deno.build.os !== "linux") return;
  testNeeding({ faketime: "faketime", ...MOSQUITTO }, name, test);
}

/** A test in which Python is the other program that reads what weir wrote. */
export function pythonTest(name: string, test: () => Promise<void>): void {
  testNeeding({ python3: "python3" }, name, test);
}

/**
 * A test that mounts a disk, as root or, with `namespace`, in a namespace of
 * its own. `declare` is what it needs besides, `terminalTest` say.
 */
export function diskTest(
  name: string,
  test: () => Promise<void>,
  { declare = Deno.test as typeof terminalTest, namespace = false } = {},
): void {
  const may = mayMount(namespace);
  if (!may) {
    tell(
      "This user may not mount a disk: the tests of a disk that is full are skipped. Try: sudo",
    );
  }
  if (may) declare(name, test);
  else Deno.test({ name, ignore: true, fn: test });
}

function mayMount(namespace: boolean): boolean {
  if (Deno.build.os !== "linux") return false;
  // Even to try it needs a namespace, in which it is gone at once.
  const user = namespace ? ["--map-root-user"] : [];
  const mount = ["mount", "-t", "tmpfs", "none", "/tmp"];
  try {
    return new Deno.Command("unshare", {
      args: [...user, "--mount", ...mount],
      stdout: "null",
      stderr: "null",
    }).outputSync().success;
  } catch {
    return false;
  }
}

const found = new Map<string, boolean>();

/** Whether a program is installed. */
export function isThere(program: string): boolean {
  return found.getOrInsertComputed(program, () => {
    try {
      new Deno.Command(program, { args: ["-h"] }).outputSync();
      return true;
    } catch {
      return false;
    }
  });
}
