import type { Command } from "commander";
import type { EvaluateMilestonesInput } from "../commands/evaluate/milestones.ts";
import { command, day, type Execute, noun } from "./declare.ts";

export function addEvaluate(program: Command, execute: Execute): void {
  const evaluate = noun(program, "evaluate", "Who earned what, decided on the marts");
  command(evaluate, {
    name: "milestones",
    summary: "Decide every milestone for the whole roster, and print what follows",
    description:
      "Decides the last final day, and what may have changed since the last run, from committed marts. Without --apply nothing is written.\n" +
      "With it awards, decisions and messages to the hosts are written in one transaction; doing it twice changes nothing.\n" +
      "Exits 75 when the marts are half built, or a model or test failed.",
    examples: [
      "gami evaluate milestones",
      "gami evaluate milestones --apply",
      "gami evaluate milestones --since 2026-03-01 --as-of 2026-03-31 --apply",
    ],
  })
    .option("--as-of <date>", "the day to decide (default: the last final one)", day)
    .option("--since <date>", "decide every day from this one on", day)
    .option("--apply", "write awards, decisions and messages")
    .action((options: EvaluateMilestonesInput) =>
      execute({
        command: "evaluate milestones",
        config: "required",
        isRecorded: true,
        run: async (context) => (await import("../commands/evaluate/milestones.ts")).run(context, options),
      }),
    );
}
