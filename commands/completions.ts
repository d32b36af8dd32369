import { type Commands, defineCommand } from "../cli/define_command.ts";
import { SHELLS } from "../cli/completion_scripts.ts";
import { UsageError } from "../cli/usage_error.ts";
import { sayOut } from "../pipeline/say.ts";

/** `weir completions`: what makes a shell complete weir's command line. */
export function completing(commands: Commands) {
  const command = defineCommand({
    description: "Print a completion script for bash, zsh or fish.\n\n" +
      'In ~/.bashrc or ~/.zshrc: eval "$(weir completions bash)"',
    arguments: "<shell>",
    choices: { shell: Object.keys(SHELLS) },
    examples: [
      ["bash, in ~/.bashrc", 'eval "$(weir completions bash)"'],
      ["zsh, in ~/.zshrc below compinit", 'eval "$(weir completions zsh)"'],
      [
        "fish, once",
        "weir completions fish > ~/.config/fish/completions/weir.fish",
      ],
    ],
    async action(_options, shell) {
      if (!Object.hasOwn(SHELLS, shell)) {
        throw new UsageError(
          `There are completions for ${
            Object.keys(SHELLS).join(", ")
          }, not for ${shell}.`,
        );
      }
      const loaded = Object.entries(commands).map(async ([name, load]) =>
        [name, (await load()).command] as const
      );
      const script = SHELLS[shell as keyof typeof SHELLS];
      sayOut(script(await Promise.all(loaded)));
    },
  });
  return { command };
}
