import { type AdjustReport, adjustChallenges, type Proposed } from "../../app/adjust/adjust-challenges.ts";
import { requireOwner } from "../../app/state/require-owner.ts";
import { counted } from "../../domain/counted.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderTable } from "../table.ts";
import { rulesOf } from "./rules.ts";

export interface AdjustInput {
  readonly asOf?: string;
  readonly apply?: true;
}

export async function run({ deps }: CommandContext, input: AdjustInput): Promise<CommandResult> {
  const { config, clock, runId } = deps;
  const { decisions: store } = await deps.state();
  const warehouse = await deps.warehouse();
  await requireOwner({ warehouse, store }, { isPlan: input.apply !== true });
  const report = await adjustChallenges(
    { warehouse, store, clock, runId },
    { rules: rulesOf(config), asOf: input.asOf ?? null, apply: input.apply === true },
  );
  const proposed = report.challenges.filter(({ verdict }) => verdict === "proposed").length;
  const totals = { active: report.challenges.length, proposed, held: report.challenges.length - proposed };
  return {
    exitCode: exitCodes.done,
    status: proposed > 0 ? "done" : "nothing_to_do",
    json: { ...report, totals },
    text: describe(report, proposed),
    totals,
  };
}

function describe({ asOf, challenges, isApplied }: AdjustReport, proposed: number): string {
  const next =
    proposed === 0
      ? ""
      : isApplied
        ? "\n\nApprove one with 'gami challenges approve ID --apply'; nothing was told to anybody."
        : "\n\nNothing is kept; --apply keeps the proposals, so that they can be approved.";
  return [
    `${counted(challenges.length, "active challenge")} as of ${asOf}: ${proposed} proposed, ${challenges.length - proposed} held`,
    ...challenges.map(challengeText),
  ]
    .join("\n\n")
    .concat(next);
}

function challengeText({ name, nativeId, week, plan, proposalId, reasons, gates, isForPeople }: Proposed): string {
  const head =
    plan === null
      ? `${name ?? nativeId}: held${isForPeople ? ", and somebody has to have a look: boosts do not help" : ""}. ${reasons.join("; ")}`
      : `${name ?? nativeId}: proposal ${proposalId}, multiplier ${plan.expectedMultiplierMilli / 1000} to ${plan.wantedMultiplierMilli / 1000} for ${plan.boostDays} days, on ${week}`;
  const rows = gates.map(({ pass, name: gate, text, value }) => [pass === null ? "unknown" : pass ? "pass" : "fail", gate, text, value]);
  return `${head}\n${renderTable(["", "gate", "asks for", "found"], rows)}`;
}
