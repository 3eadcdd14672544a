import type { Command } from "commander";
import type { ExplainInput } from "../commands/explain/input.ts";
import { command, day, type Execute, noun } from "./declare.ts";

export function addExplain(program: Command, execute: Execute): void {
  const explain = noun(program, "explain", "Why somebody did or did not get something");
  asked(
    command(explain, {
      name: "milestone",
      summary: "Say why a milestone is met or not: value, window, every condition, what was missing",
      description: "Says why a milestone is met or not, from what was stored when it was decided. Nothing is computed again.",
      examples: [
        "gami explain milestone --agent csv:desk:17 --milestone aht_gold",
        "gami explain milestone --agent csv:desk:17 --milestone aht_gold --at 2026-03-15",
      ],
    }),
  ).action((options: ExplainInput) =>
    execute({
      command: "explain milestone",
      config: "required",
      isRecorded: false,
      run: async (context) => (await import("../commands/explain/milestone.ts")).run(context, options),
    }),
  );
  asked(
    command(explain, {
      name: "award",
      summary: "Say what the ledger holds on an award: granted, confirmed, reversed, and why",
      examples: ["gami explain award --agent csv:desk:17 --milestone aht_gold"],
    }),
  ).action((options: ExplainInput) =>
    execute({
      command: "explain award",
      config: "required",
      isRecorded: false,
      run: async (context) => (await import("../commands/explain/award.ts")).run(context, options),
    }),
  );
}

function asked(built: Command): Command {
  return built
    .requiredOption("--agent <id>", "agent_id of the marts, or SOURCE:NATIVE_ID")
    .requiredOption("--milestone <id>", "the milestone")
    .option("--at <date>", "as it stood on this day", day);
}
