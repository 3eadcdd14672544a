import { explain } from "../../app/recognise/explain.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { awardText } from "./explain-text.ts";
import { type ExplainInput, explainDeps } from "./input.ts";

export async function run({ deps }: CommandContext, { agent, milestone, at }: ExplainInput): Promise<CommandResult> {
  const explanation = await explain(await explainDeps(deps), { agent, milestone, at: at ?? null, zone: deps.config.organisation.zone });
  return { exitCode: exitCodes.done, status: "done", json: { ...explanation }, text: awardText(explanation) };
}
