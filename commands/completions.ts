import { Command } from "@cliffy/command";
import { SHELLS } from "../cli/completion_scripts.ts";
import { UsageError } from "../cli/usage.ts";

/** `weir completions`: what makes a shell complete weir's command line. */
// The type of a command with whatever options, here and in the original.
// deno-lint-ignore no-explicit-any
export function completions(main: Command<any>): Command<any> {
  return new Command()
    .description(
      "Print a script that completes weir's command line in bash, zsh or fish.\n\n" +
        'In ~/.bashrc or ~/.zshrc: eval "$(weir completions bash)"',
    )
    .arguments("<shell:string>")
    .example("bash, in ~/.bashrc", 'eval "$(weir completions bash)"')
    .example(
      "zsh, in ~/.zshrc below compinit",
      'eval "$(weir completions zsh)"',
    )
    .example(
      "fish, once",
      "weir completions fish > ~/.config/fish/completions/weir.fish",
    )
    .action((_flags: unknown, shell: string) => {
      if (!Object.hasOwn(SHELLS, shell)) {
        throw new UsageError(
          `There are completions for ${
            Object.keys(SHELLS).join(", ")
          }, not for ${shell}.`,
        );
      }
      console.log(SHELLS[shell as keyof typeof SHELLS](main));
    });
}
