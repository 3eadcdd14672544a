import type { OutcomeEffect, ProgrammeAssessment } from "../programme/programme-assessment.ts";
import type { OutcomeName } from "../programme/programme-facts.ts";
import { type Evidence, measured, roundFigure } from "../report/figure.ts";
import { isCausal } from "../report/grade.ts";
import type { RoiReport } from "../report/report.ts";
import { type Explainable, single } from "./explainable.ts";

/** Names a reader types, by outcome. */
export const outcomeKeys: Readonly<Record<OutcomeName, string>> = { handle_time: "handle-time", quality: "quality" };
const outcomeTitles: Readonly<Record<OutcomeName, string>> = { handle_time: "handle time per interaction", quality: "quality" };

/** Figures of the comparison with a control group, down to the single cell. */
export function listEffects({ evidence }: RoiReport, effect: ProgrammeAssessment): Explainable[] {
  return [
    ...(isCausal(evidence.grade) ? listGains(effect) : []),
    ...effect.outcomes.flatMap((outcome) => listOutcome(outcome, effect)),
    single("leavers", "Change of the share that leaves within 90 days", effect.attrition.difference, { kind: "leavers", isGain: false }),
  ];
}

function listGains({ money, window }: ProgrammeAssessment): Explainable[] {
  const contacts = measured(money.gain.n, "count", { n: money.gain.n, of: money.gain.of, window });
  const parts = money.parts.map(({ name, gain }) => {
    if (name === "Fewer leavers, 90 days")
      return single("gain.leavers", "Gain: fewer leavers, 90 days", gain, { kind: "leavers", isGain: true });
    const outcome: OutcomeName = name === "Handle time" ? "handle_time" : "quality";
    return single(`gain.${outcomeKeys[outcome]}`, `Gain: ${name}`, gain, { kind: "effect-gain", outcome, cells: "all" });
  });
  return [...parts, single("contacts", "Interactions of enrolled agents that the gain counts", contacts, { kind: "contacts" })];
}

function listOutcome(outcome: OutcomeEffect, { window }: ProgrammeAssessment): Explainable[] {
  const { name, overall, operational, eventWeeks, cells, holdout } = outcome;
  const [key, title] = [outcomeKeys[name], outcomeTitles[name]];
  const { unit } = overall;
  const evidence: Evidence = { n: outcome.agents, of: "agents", window };
  const ends = ({ low, high }: { readonly low: number | null; readonly high: number | null }) =>
    low === null || high === null ? null : ([low, high] as const);
  return [
    single(`effect.${key}`, `Effect on ${title}, all weeks`, overall, { kind: "effect", outcome: name, cells: "all" }),
    single(`effect.${key}.first-weeks`, `Effect on ${title}, first two weeks`, operational, {
      kind: "effect",
      outcome: name,
      cells: "first-weeks",
    }),
    ...(holdout === null
      ? []
      : [
          single(`drawn.${key}`, `Drawn teams compared, ${title} (CUPED)`, holdout.adjusted, {
            kind: "draw",
            outcome: name,
            isAdjusted: true,
          }),
          single(`drawn.${key}.unadjusted`, `Drawn teams compared, ${title}, unadjusted`, holdout.unadjusted, {
            kind: "draw",
            outcome: name,
            isAdjusted: false,
          }),
        ]),
    ...eventWeeks.map(
      ({ week, n, estimate, reason, ...interval }): Explainable => ({
        name: `effect.${key}.week.${week}`,
        title: `Effect on ${title} in week ${week} since enrolment`,
        figure: measured(estimate, unit, { ...evidence, n, of: "enrolled agents" }, ends(interval), reason ?? undefined),
        origin: { kind: "effect", outcome: name, cells: week },
        series: { of: "event weeks", member: `${key} ${week}` },
      }),
    ),
    ...cells.map(
      ({ cohort, week, enrolled, controls, estimate, reason, ...interval }): Explainable => ({
        name: `cell.${key}.${cohort}.${week}`,
        title: `Effect on ${title} in ${week} on those enrolled in ${cohort}`,
        figure: measured(roundFigure(estimate), unit, { ...evidence, n: enrolled + controls }, ends(interval), reason ?? undefined),
        origin: { kind: "cell", outcome: name, cohort, week },
        series: { of: "cells", member: `${key} ${cohort} ${week}` },
      }),
    ),
  ];
}
