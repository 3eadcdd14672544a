import { join, resolve } from "node:path";
import { reportRoi } from "../../app/roi/report-roi.ts";
import type { ReportScope, RoiReport } from "../../domain/roi/report/report.ts";
import { reportToJson } from "../../domain/roi/report/report-json.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { ReportFormat } from "../../ports/report-renderer.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { type ScopeInput, scopeOf } from "./scope.ts";

export interface ReportRoiInput extends ScopeInput {
  readonly format: ReportFormat;
  readonly out?: string;
}

export async function run({ deps }: CommandContext, input: ReportRoiInput): Promise<CommandResult> {
  const scope = scopeOf(input);
  const { report, resultId } = await reportRoi({ warehouse: await deps.warehouse(), clock: deps.clock, version: deps.version }, scope);
  const renderer = await deps.reportRenderer();
  const text = await renderer.render(report, input.format, {
    organisation: deps.config.organisation.name,
    version: deps.version,
    width: input.out === undefined ? deps.width : null,
  });
  const file = fileOf(input, report, deps.config.reports.path);
  if (file !== null) await renderer.save(file, `${text.trimEnd()}\n`);
  return {
    exitCode: exitCodes.done,
    status: "done",
    json: { resultId, grade: report.evidence.grade, file, ...reportToJson(report) },
    text: file === null ? text.trimEnd() : `${report.headline.text}\nEvidence grade ${report.evidence.grade}. Report written to ${file}`,
    totals: { resultId, grade: report.evidence.grade },
  };
}

/** A page is for opening, so it goes to a file even when none is named. */
function fileOf({ format, out }: ReportRoiInput, report: RoiReport, folder: string): string | null {
  if (out !== undefined) return resolve(out);
  return format === "html" ? join(folder, `roi-${report.asOf ?? "empty"}${scopeSuffix(report.scope)}.html`) : null;
}

/** Ids come from outside: what is no plain character of a file name becomes a dash. */
function scopeSuffix({ month, challenge, compare }: ReportScope): string {
  const parts = [month, challenge, compare].flatMap((part) => part ?? []);
  return parts.map((part) => `-${part.replace(/[^A-Za-z0-9-]+/g, "-").slice(0, 60)}`).join("");
}
