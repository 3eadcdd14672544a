import { buildRoi } from "../../app/roi/build-roi.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { type ScopeInput, scopeOf } from "./scope.ts";

export type BuildRoiInput = ScopeInput;

export async function run({ deps }: CommandContext, input: BuildRoiInput): Promise<CommandResult> {
  const scope = scopeOf(input);
  const built = await buildRoi({ warehouse: await deps.warehouse(), clock: deps.clock, version: deps.version }, scope);
  const { report, resultId, isNew } = built;
  return {
    exitCode: exitCodes.done,
    status: isNew ? "done" : "nothing_to_do",
    json: { resultId, isNew, asOf: report.asOf, grade: report.evidence.grade, headline: report.headline.text },
    text: `${report.headline.text}\n${isNew ? "Kept" : "Already kept"} as ${resultId.slice(0, 12)}; show it with 'gami roi report'.`,
    totals: { isNew },
  };
}
