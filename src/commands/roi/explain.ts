import { explainRoi, listRoi } from "../../app/roi/explain-roi.ts";
import type { Explainable } from "../../domain/roi/explain/explainable.ts";
import { isMoney } from "../../domain/roi/explain/explanation.ts";
import type { Figure, MoneyFigure } from "../../domain/roi/report/figure.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderExplanation, renderList } from "./explain-text.ts";
import { type ScopeInput, scopeOf } from "./scope.ts";

export interface ExplainInput extends ScopeInput {
  /** How many rows a terminal shows. */
  readonly rows: number;
}

/** The JSON's own version, raised when a field changes its meaning or goes. */
const schemaVersion = 1;

export async function run(context: CommandContext, name: string | undefined, input: ExplainInput): Promise<CommandResult> {
  const { deps } = context;
  const scope = scopeOf(input);
  const roi = { warehouse: await deps.warehouse(), clock: deps.clock, version: deps.version };
  if (name === undefined) {
    const { report, figures } = await listRoi(roi, scope);
    const json = { schemaVersion, scope, asOf: report.asOf, currency: report.currency, figures: figures.map(listed) };
    return { exitCode: exitCodes.done, status: "done", json, text: renderList(figures, report) };
  }
  const { report, explanation, statements } = await explainRoi(roi, scope, name);
  const { reported, ...rest } = explanation;
  const json = { schemaVersion, scope, asOf: report.asOf, currency: report.currency, ...rest, reported: plain(reported), statements };
  const text = renderExplanation(explanation, statements, { currency: report.currency, rows: input.rows });
  if (explanation.addsUp) return { exitCode: exitCodes.done, status: "done", json, text };
  return { exitCode: exitCodes.checksFailed, status: "checks_failed", json, text };
}

function listed({ name, title, figure }: Explainable) {
  return { name, title, ...plain(figure) };
}

/** Money as text, like everywhere in JSON. */
function plain(figure: Figure | MoneyFigure): Readonly<Record<string, unknown>> {
  if (!isMoney(figure)) return { ...figure };
  const { amountMinor, interval, ...rest } = figure;
  const range = interval === null ? null : { fromMinor: interval.fromMinor.toString(), toMinor: interval.toMinor.toString() };
  return { amountMinor: amountMinor === null ? null : amountMinor.toString(), interval: range, ...rest };
}
