import { type Command, Option } from "commander";
import type { DiffInput } from "../commands/evaluate/diff.ts";
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
      "gami evaluate milestones --apply --tell",
      "gami evaluate milestones --since 2026-03-01 --as-of 2026-03-31 --apply",
    ],
  })
    .option("--as-of <date>", "the day to decide (default: the last final one)", day)
    .option("--since <date>", "decide every day from this one on", day)
    .option("--apply", "write awards, decisions and messages")
    .option("--tell", "then reconcile flair and tell the hosts: flair reconcile --quick --apply, outbox relay --apply")
    .action((options: EvaluateMilestonesInput) =>
      execute({
        command: "evaluate milestones",
        config: "required",
        isRecorded: true,
        run: async (context) => (await import("../commands/evaluate/milestones.ts")).run(context, options),
      }),
    );
  command(evaluate, {
    name: "diff",
    summary: "Compare two files of definitions over the same days: who would gain, who would lose",
    description:
      "Compares what two files (or folders) of definitions would have given over the same days, each as if nothing had been awarded before.\n" +
      "Nothing is written. --fail-on makes it a check: it exits 5 where somebody would lose, or where anything differs.",
    examples: [
      "gami evaluate diff milestones/2026.yaml new.yaml --from 2026-01-01",
      "gami evaluate diff milestones/2026.yaml new.yaml --from 2026-01-01 --to 2026-03-31 --fail-on losses",
    ],
  })
    .argument("<old>", "the definitions as they are")
    .argument("<new>", "the definitions as they would be")
    .requiredOption("--from <date>", "the first day", day)
    .option("--to <date>", "the last day (default: the last final one)", day)
    .addOption(new Option("--fail-on <what>", "exit 5 for these").choices(["nothing", "losses", "any"]).default("nothing"))
    .action((old: string, fresh: string, options: DiffInput) =>
      execute({
        command: "evaluate diff",
        config: "required",
        isRecorded: false,
        run: async (context) => (await import("../commands/evaluate/diff.ts")).run(context, [old, fresh], options),
      }),
    );
}
