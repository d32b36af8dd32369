import { run } from "./run.ts";
import { until } from "./until.ts";

const ROOT = new URL("../../", import.meta.url);

/** A terminal of one test's own (tmux), with a shell in it. */
export interface Terminal extends AsyncDisposable {
  /** Starts `weir` in it, from source. */
  weir(args: string[], options?: TerminalOptions): Promise<void>;
  /** Starts any program in it. */
  run(command: string[]): Promise<void>;
  /** Presses keys, by tmux's names: `q`, `Enter`, `C-c`, `Escape`. */
  press(...keys: string[]): Promise<void>;
  /** Types text. */
  type(text: string): Promise<void>;
  /** What is on the screen; with its colours as escape sequences if wanted. */
  screen(colours?: boolean): Promise<string>;
  /** All that was ever sent to the screen, with its escape sequences. */
  drawn(): Promise<string>;
  /** Resolves with the screen as soon as it matches. */
  shows(pattern: RegExp): Promise<string>;
  /** Resolves as soon as a key goes to the program: before, Ctrl-C is a signal. */
  takesKeys(): Promise<void>;
  /** Makes it another size. */
  resize(columns: number, rows: number): Promise<void>;
  /**
   * Resolves with the exit code when the program has ended; throws where that
   * takes longer than so many milliseconds.
   */
  code(patience?: number): Promise<number>;
  /** The state that a program may leave a terminal in. */
  state(): Promise<
    { alternate: boolean; cursor: boolean; canonical: boolean; echo: boolean }
  >;
  /** The process id of the shell. */
  pid(): Promise<number>;
}

/** How `weir` is started in a terminal. */
export interface TerminalOptions {
  /** Deno's permission flags. Default: `-A`. */
  permissions?: string[];
  /** Added to the environment. */
  env?: Record<string, string>;
}

/** For a test that would hang for ever; no test relies on its length. In ms. */
const PATIENCE = 60_000;

/** What of this process's environment a program in the terminal does not get. */
const UNSET = Object.keys(Deno.env.toObject())
  .filter((name) => /^(NO_COLOR|FORCE_COLOR|COLORTERM|WEIR_.*)$/.test(name))
  .flatMap((name) => ["-u", name]).join(" ");

const pause = () => new Promise((resolve) => setTimeout(resolve, 25));

/** Opens a terminal of a size, in a folder. */
export async function openTerminal(
  folder: string,
  columns = 80,
  rows = 24,
): Promise<Terminal> {
  // A socket of its own: nobody else's sessions are touched.
  const socket = `${folder}/terminal-socket`;
  const tmux = (...args: string[]) =>
    run("tmux", ["-u", "-S", socket, "-f", "/dev/null", ...args]);
  await tmux(
    ...`new-session -d -s t -x ${columns} -y ${rows} -c`.split(" "),
    folder,
    `env ${UNSET} PS1='$ ' ENV= LC_ALL=C.UTF-8 sh`,
  );
  const ask = async (format: string) =>
    (await tmux("display-message", "-p", "-t", "t", format)).trim();
  const screen = (colours = false) =>
    tmux("capture-pane", "-p", ...colours ? ["-e"] : [], "-t", "t");
  const type = async (text: string) => {
    await tmux("send-keys", "-t", "t", "-l", text);
  };
  const press = async (...keys: string[]) => {
    await tmux("send-keys", "-t", "t", ...keys);
  };
  const shows = async (pattern: RegExp) => {
    const end = performance.now() + PATIENCE;
    while (true) {
      const text = await screen();
      if (pattern.test(text)) return text;
      if (performance.now() > end) {
        throw new Error(`${pattern} did not come to the screen:\n${text}`);
      }
      await pause();
    }
  };
  const start = async (command: string[]) => {
    const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    await Deno.writeTextFile(
      `${folder}/terminal-run.sh`,
      `${quoted.join(" ")}\necho $? > ${status}\n`,
    );
    // Of the program before.
    await Deno.remove(status).catch(() => {});
    await type(". ./terminal-run.sh");
    await press("Enter");
  };
  await shows(/^\$/m);
  const status = `${folder}/terminal-exit-code`;
  const log = `${folder}/terminal-drawn`;
  await tmux("pipe-pane", "-t", "t", `exec cat >'${log}'`);
  const tty = await ask("#{pane_tty}");
  const settings = () => run("stty", ["-a", "-F", tty]);
  return {
    press,
    type,
    screen,
    shows,
    drawn: () => Deno.readTextFile(log),
    async takesKeys() {
      await until(
        "a program takes the keys",
        async () => !/ icanon/.test(await settings()),
      );
    },
    run: start,
    async weir(args, { permissions = ["-A"], env = {} } = {}) {
      const set = Object.entries(env).map(([name, value]) =>
        `${name}=${value}`
      );
      await start([
        ...["env", ...set, Deno.execPath(), "run", "-q", "--no-prompt"],
        ...permissions,
        new URL("main.ts", ROOT).href,
        ...args,
      ]);
    },
    async resize(width, height) {
      await tmux(
        ..."resize-window -t t -x".split(" "),
        `${width}`,
        "-y",
        `${height}`,
      );
    },
    async code(patience = PATIENCE) {
      const end = performance.now() + patience;
      while (true) {
        const text = await Deno.readTextFile(status).catch(() => "");
        if (text !== "") return Number(text);
        if (performance.now() > end) {
          throw new Error(`It did not end:\n${await screen()}`);
        }
        await pause();
      }
    },
    async state() {
      const modes = await settings();
      return {
        alternate: await ask("#{alternate_on}") === "1",
        cursor: await ask("#{cursor_flag}") === "1",
        canonical: / icanon/.test(modes),
        echo: / echo /.test(modes),
      };
    },
    pid: async () => Number(await ask("#{pane_pid}")),
    async [Symbol.asyncDispose]() {
      await tmux("kill-server").catch(() => {});
    },
  };
}
