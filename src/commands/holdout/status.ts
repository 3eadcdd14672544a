import { checkHoldout, type HoldoutReport } from "../../app/roi/check-holdout.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderTable } from "../table.ts";

export interface HoldoutStatusInput {
  readonly file: string;
}

/** `gami holdout status`: whether the draw was kept. */
export async function run({ deps }: CommandContext, { file }: HoldoutStatusInput): Promise<CommandResult> {
  const report = await checkHoldout(await deps.warehouse(), deps.openTable, file);
  return { exitCode: exitCodes.done, status: "done", json: { ...report }, text: describe(report) };
}

function describe({ programme, share, arms, sampleRatio, enrolledHoldout, gone, unknown }: HoldoutReport): string {
  const rows = arms.map(({ arm, teams, agents, medianTenureDays, handleSeconds }) => [
    arm,
    String(teams),
    String(agents),
    medianTenureDays === null ? "" : String(medianTenureDays),
    handleSeconds === null ? "" : `${handleSeconds.toFixed(1)} s`,
  ]);
  const lines = [
    `Holdout of ${programme}: ${(100 * share).toFixed(1)} % of teams drawn`,
    renderTable(["arm", "teams", "agents", "median tenure, days", "handle time before"], rows),
    ratioLine(sampleRatio),
    listLine("enrolled although held out", enrolledHoldout),
    listLine("drawn, but nobody is there now", gone),
    listLine("there now, but not drawn", unknown),
  ];
  return lines.join("\n");
}

function ratioLine(ratio: HoldoutReport["sampleRatio"]): string {
  if (ratio === null) return "sample ratio: not testable, one arm is empty";
  const verdict = ratio.pValue < 0.001 ? "the assignment was not kept" : "as drawn";
  return `sample ratio: p = ${ratio.pValue.toFixed(4)}, ${verdict}`;
}

function listLine(name: string, teams: readonly string[]): string {
  return `${name}: ${teams.length === 0 ? "none" : `${teams.length} (${teams.slice(0, 5).join(", ")}${teams.length > 5 ? ", ..." : ""})`}`;
}
