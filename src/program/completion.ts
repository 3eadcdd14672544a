import { Argument, type Command } from "commander";
import { bashCompletion } from "./bash-completion.ts";
import { pathCandidates } from "./complete-path.ts";
import { command } from "./declare.ts";

/**
 * Shell completion: `completion` prints the script for a shell, and that script asks the hidden `complete` at every Tab.
 * `buildPlain` makes the same tree again without these two, to be looked at by the completion library.
 */
export function addCompletion(program: Command, buildPlain: () => Command): void {
  command(program, {
    name: "completion",
    summary: "Print the completion script of a shell",
    examples: [
      "source <(gami completion bash)",
      "gami completion bash >> ~/.bashrc",
      "gami completion zsh > ~/.zfunc/_gami",
      "gami completion fish > ~/.config/fish/completions/gami.fish",
    ],
  })
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"]))
    .action(async (shell: string) => {
      if (shell === "bash") process.stdout.write(bashCompletion);
      else (await completerOf(buildPlain(), "")).setup("gami", "gami", shell);
    });
  program
    .command("complete", { hidden: true })
    .description("What may follow a half-typed command line; asked by the completion script.")
    .argument("[words...]")
    .action(async (words: string[]) => (await completerOf(buildPlain(), words.at(-1) ?? "")).parse(words));
}

/** The library reads the tree, but does not know which arguments and options are paths: we tell it. */
async function completerOf(plain: Command, typed: string) {
  const { default: tab } = await import("@bomb.sh/tab/commander");
  const root = tab(plain, { completionCommandName: "completion" });
  const offerPaths = (complete: (value: string, description: string) => void) => {
    for (const path of pathCandidates(typed)) complete(path, "");
  };
  for (const { path, command: one } of commandsOf(plain, "")) {
    const target = root.commands.get(path);
    for (const argument of one.registeredArguments) {
      if (/^(files?|folder|path)$/.test(argument.name())) target?.argument(argument.name(), offerPaths, argument.variadic);
    }
    for (const { long, flags, description } of one.options) {
      if (long && /<(file|folder|path)>/.test(flags)) target?.option(long.slice(2), description, offerPaths);
    }
  }
  return root;
}

function commandsOf(parent: Command, prefix: string): { readonly path: string; readonly command: Command }[] {
  return parent.commands.flatMap((one) => {
    const path = prefix === "" ? one.name() : `${prefix} ${one.name()}`;
    return [{ path, command: one }, ...commandsOf(one, path)];
  });
}
