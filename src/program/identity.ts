import type { Command } from "commander";
import type { LinkInput } from "../commands/identity/link.ts";
import { command, type Execute, noun } from "./declare.ts";

export function addIdentity(program: Command, execute: Execute): void {
  const identity = noun(program, "identity", "Which accounts of which sources are one person");
  command(identity, {
    name: "link",
    summary: "Find who is who over all sources, and keep it",
    description:
      "Proposes one person for accounts with the same employee id, else the same e-mail address, and what a file says by hand. What is ambiguous links nobody and is listed.\n" +
      "Nothing is written without --apply. The links count with 'identity: mapped' in the config; whoever has none stays out of the marts and is counted.",
    examples: ["gami identity link", "gami identity link --file people.csv", "gami identity link --file people.csv --apply"],
  })
    .option("--file <csv>", "the links kept by hand: columns source,agent_native_id,person,from,to; replaces those of before")
    .option("--apply", "keep the links")
    .action((options: LinkInput) =>
      execute({
        command: "identity link",
        config: "required",
        isRecorded: options.apply === true,
        run: async (context) => (await import("../commands/identity/link.ts")).run(context, options),
      }),
    );
}
