import type { Command } from "commander";
import type { AdjustInput } from "../commands/challenges/adjust.ts";
import { command, day, type Execute, noun } from "./declare.ts";

export function addChallenges(program: Command, execute: Execute): void {
  const challenges = noun(program, "challenges", "Boosts of challenges: proposed with evidence, approved by people");
  command(challenges, {
    name: "adjust",
    summary: "Propose a boost for each challenge whose people lose interest, or say why not",
    description:
      "Looks at every active challenge on its own participants: two whole ISO weeks below the engagement trigger, quality rising, handle time stable, cooldown, budget, shifts.\n" +
      "Without --apply nothing is kept. With it proposals are kept for 'gami challenges approve'; a platform is told nothing before.",
    examples: ["gami challenges adjust", "gami challenges adjust --apply"],
  })
    .option("--as-of <date>", "the day to look from, and without --apply as of (default: the last final one, as of now)", day)
    .option("--apply", "keep the proposals and the reasons of what is held")
    .action((options: AdjustInput) =>
      execute({
        command: "challenges adjust",
        config: "required",
        isRecorded: true,
        run: async (context) => (await import("../commands/challenges/adjust.ts")).run(context, options),
      }),
    );
  command(challenges, {
    name: "approve",
    summary: "Approve one proposal: start and end of the boost go out together",
    description:
      "Looks at everything a proposal rests on once more, and writes its start and its end into the outbox. Without --apply nothing is written.\n" +
      "A proposal that would come out otherwise today is refused (exit 5). Approving twice does nothing the second time.",
    examples: ["gami challenges approve 3fa9c1d2e4b5", "gami challenges approve 3fa9c1d2e4b5 --apply"],
  })
    .argument("<id>", "the proposal, as 'gami challenges adjust --apply' printed it")
    .option("--by <name>", "who approves, for the ledger (default: the user who runs it)")
    .option("--apply", "write it")
    .action((id: string, options: { readonly by?: string; readonly apply?: true }) =>
      execute({
        command: "challenges approve",
        config: "required",
        isRecorded: true,
        run: async (context) => (await import("../commands/challenges/approve.ts")).run(context, { id, ...options }),
      }),
    );
}
