const told = new Set<string>();

/**
 * A test that needs a program. Where it is not installed the test is skipped,
 * with one line that says so; in CI it runs, and fails.
 */
export function testNeeding(
  program: string,
  install: string,
  name: string,
  test: () => Promise<void>,
): void {
  const skip = !isThere(program) && !Deno.env.has("CI");
  if (skip && !told.has(program)) {
    told.add(program);
    console.error(
      `${program} is not installed: the tests that need it are skipped. Try: apt-get install ${install}`,
    );
  }
  Deno.test({ name, ignore: skip, fn: test });
}

/** A test against a real Mosquitto. */
export function mosquittoTest(name: string, test: () => Promise<void>): void {
  testNeeding("mosquitto", "mosquitto mosquitto-clients", name, test);
}

/** A test in a real terminal, with a real Mosquitto. */
export function terminalTest(name: string, test: () => Promise<void>): void {
  testNeeding(
    isThere("tmux") ? "mosquitto" : "tmux",
    "tmux mosquitto mosquitto-clients",
    name,
    test,
  );
}

/** A test of a clock that is set, with a real Mosquitto. */
export function clockTest(name: string, test: () => Promise<void>): void {
  // There it works with programs of one thread only.
  if (Deno.build.os !== "linux") return;
  testNeeding(
    isThere("faketime") ? "mosquitto" : "faketime",
    "faketime mosquitto mosquitto-clients",
    name,
    test,
  );
}

/** A test in which Python is the other program that reads what weir wrote. */
export function pythonTest(name: string, test: () => Promise<void>): void {
  testNeeding("python3", "python3", name, test);
}

function isThere(program: string): boolean {
  try {
    new Deno.Command(program, { args: ["-h"] }).outputSync();
    return true;
  } catch {
    return false;
  }
}
