import { requireMilestonesOf } from "../../config/milestones/of-config.ts";
import { goalText, isInForce, type MilestoneDefinition, ruleHashOf, scopeFields, windowText } from "../../domain/recognise/definition.ts";
import { volumes } from "../../domain/recognise/metrics.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderTable } from "../table.ts";

export async function run({ deps }: CommandContext): Promise<CommandResult> {
  const today = new Date(deps.clock.now()).toISOString().slice(0, 10);
  const definitions = requireMilestonesOf(deps.config)
    .map((definition) => ({ ...definition, ruleHash: ruleHashOf(definition), isInForce: isInForce(definition, today) }))
    .toSorted((one, other) => compare(one.id, other.id) || compare(one.valid.from, other.valid.from));
  return {
    exitCode: exitCodes.done,
    status: "done",
    json: { today, definitions },
    text: renderTable(
      ["id", "tier", "goal", "over", "at least", "for", "reset", "valid", "version"],
      definitions.map((one) => [
        one.id,
        one.tier.name,
        [one.goal, ...one.guards].map((goal) => `${goal.metric} ${goalText(goal)}`).join(", "),
        windowText(one.window),
        minimumText(one),
        scopeText(one),
        one.reset,
        `${one.valid.from} .. ${one.valid.to ?? ""}${one.isInForce ? "" : " (not today)"}`.trimEnd(),
        one.ruleHash.slice(0, 12),
      ]),
    ),
  };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function minimumText({ minimum }: MilestoneDefinition): string {
  return volumes.flatMap((volume) => (minimum[volume] === undefined ? [] : [`${minimum[volume]} ${volume}`])).join(", ");
}

function scopeText({ scope }: MilestoneDefinition): string {
  const parts = scopeFields.flatMap((field) => (scope[field].length === 0 ? [] : [`${field} ${scope[field].join(" or ")}`]));
  return parts.length === 0 ? "everybody" : parts.join(", ");
}
