import type { OutcomeEffect, ProgrammeAssessment } from "../../domain/roi/programme/programme-assessment.ts";
import type { RoiReport } from "../../domain/roi/report/report.ts";
import { amountText, evidenceText, numberText, valueText } from "../../domain/roi/report/words.ts";
import { intervalText, type Table, table } from "./tables.ts";

/** The effect against a comparison group: what it is, what it is worth, what its checks said. */
export function effectTables(report: RoiReport): Table[] {
  const { effect, currency } = report;
  if (effect === null) return [];
  const byChallenge = effect.challenges.length === 0 ? [] : [challengeEffectTable(report)];
  return [effectTable(effect, currency), contributionTable(effect, currency), checkTable(effect, currency), ...byChallenge];
}

/** Names stand in the report's own rows of challenges. */
export function challengeEffectTable({ effect, challenges, currency }: RoiReport): Table {
  const names = new Map(challenges.map(({ challengeId, name }) => [challengeId, name] as const));
  const columns = ["Challenge", "Launched in", "#Effect", "#95 % interval", "#In it", "#In none"];
  return table("challenge-effects", "Handle time by challenge", currency, columns, ({ signed }) =>
    (effect?.challenges ?? []).map(({ challengeId, launchedIn, participants, controls, effect: figure }) => [
      names.get(challengeId) ?? challengeId,
      launchedIn,
      signed(figure),
      intervalText(figure),
      String(participants),
      String(controls),
    ]),
  );
}

const outcomeNames = { handle_time: "Handle time per interaction", quality: "Quality" } as const;

export function effectTable({ outcomes, attrition, bracket }: ProgrammeAssessment, currency: string): Table {
  const columns = ["Outcome", "#Effect", "#95 % interval", "Grade", "#Detectable", "Compared"];
  const built = table("effect", "Effect against a comparison group", currency, columns, ({ signed, figure }) => [
    ...outcomes.flatMap((outcome) => outcomeRows(outcome, bracket !== null, signed)),
    [
      "Share that leaves within 90 days",
      signed(attrition.difference),
      intervalText(attrition.difference),
      outcomes[0]?.grade ?? "D",
      "",
      attrition.leaversEnrolled === null
        ? evidenceText(attrition.difference)
        : `${attrition.leaversEnrolled} leavers among the enrolled, ${attrition.leaversControls ?? 0} among the others`,
    ],
    ["Leaving, log-rank test (p)", figure(attrition.logRankP), "", "", "", ""],
    ["Hazard of leaving, enrolled to not", signed(attrition.hazardRatio), intervalText(attrition.hazardRatio), "", "", ""],
  ]);
  if (bracket === null) return built;
  const ends = `${numberText(bracket.low, 1)} and ${numberText(bracket.high, 1)} s`;
  const widest = `${numberText(bracket.widestLow, 1)} to ${numberText(bracket.widestHigh, 1)} s`;
  const note = `Agents were enrolled because of their results: the effect on handle time lies between ${ends}, with sampling error ${widest}.`;
  return { ...built, notes: [...built.notes, note] };
}

/** Where agents were chosen by results the difference is off by an unknown amount, so no point is shown for it. */
function outcomeRows(outcome: OutcomeEffect, isBracket: boolean, signed: (figure: OutcomeEffect["overall"]) => string): string[][] {
  const { name, overall, operational, grade, minimumDetectableEffect, enrolledAgents, controlAgents, teams } = outcome;
  const compared = `${enrolledAgents} enrolled, ${controlAgents} not, ${teams === 0 ? "no" : teams} teams`;
  const label = outcomeNames[name];
  if (isBracket && name === "handle_time") return [[label, "bracket below", "", grade, "", compared]];
  const detectable = minimumDetectableEffect === null ? "" : valueText(minimumDetectableEffect, overall.unit, 1);
  return [
    [`${label}, all weeks`, signed(overall), intervalText(overall), grade, detectable, compared],
    [`${label}, first two weeks`, signed(operational), intervalText(operational), grade, "", ""],
    ...holdoutRows(outcome, signed),
  ];
}

/** The draw by itself, beside the comparison with weeks and waves in it: two roads to one figure. */
function holdoutRows({ name, grade, holdout }: OutcomeEffect, signed: (figure: OutcomeEffect["overall"]) => string): string[][] {
  if (holdout === null) return [];
  const { adjusted, unadjusted, teamsEnrolled, teamsHeldOut, varianceFactor } = holdout;
  const teams = `${teamsEnrolled} teams enrolled, ${teamsHeldOut} held out at random`;
  const left = varianceFactor === null ? "" : `${numberText(100 * varianceFactor, 0)} % of the variance left`;
  return [
    [`${outcomeNames[name]}, drawn teams (CUPED)`, signed(adjusted), intervalText(adjusted), grade, "", left],
    [`${outcomeNames[name]}, drawn teams, unadjusted`, signed(unadjusted), intervalText(unadjusted), grade, "", teams],
  ];
}

export function contributionTable({ money: { parts, ...money } }: ProgrammeAssessment, currency: string): Table {
  const columns = ["Component", "#Gain", "#95 % interval", "#Gain / cost", "In the sum"];
  return table("components", "What the effect is worth", currency, columns, ({ money: amount, figure, signed }) => [
    ...parts.map((part) => [
      part.name,
      amount(part.gain),
      spanText(part.range, currency),
      figure(part.contribution),
      part.isCounted ? "yes" : (part.reason ?? "no"),
    ]),
    ["Sum", amount(money.gain), spanText(money.range, currency), "", ""],
    ["Cost of the weeks compared", amount(money.cost), "", "", ""],
    ["ROI", signed(money.roi), intervalText(money.roi), "", "contributions less 1"],
    ["Modelled, outside the sum", amount(money.modelled.gain), "", "", money.modelled.label],
    ["Chance that the ROI is above 0", figure(money.probabilityPositive), "", "", ""],
  ]);
}

function spanText(range: { readonly fromMinor: bigint; readonly toMinor: bigint } | null, currency: string): string {
  return range === null ? "" : `${amountText(range.fromMinor, currency)} to ${amountText(range.toMinor, currency)}`;
}

/** The checks of the headline's outcome; the JSON has those of all. */
export function checkTable({ outcomes }: ProgrammeAssessment, currency: string): Table {
  const [outcome] = outcomes;
  const rows = outcome === undefined ? [] : checkRows(outcome);
  return table("checks", "Checks of the handle time effect", currency, ["Check", "Result", "What it tells"], () => rows);
}

function checkRows({ holdout, preTest, placebos, sensitivity, wildBootstrapP, controls, anticipationWeeks }: OutcomeEffect): string[][] {
  const rows = [
    [
      "Controls",
      controls === "never" ? "agents never enrolled" : "agents not enrolled yet",
      anticipationWeeks === 0 ? "" : `${anticipationWeeks} weeks after the announcement are left out of the past`,
    ],
    preTest === null
      ? ["Trends before enrolment", "not testable", "too few weeks or teams"]
      : [
          "Trends before enrolment",
          `F(${preTest.numeratorDegrees}, ${preTest.denominatorDegrees}) = ${numberText(preTest.fStatistic, 2)}, p = ${pText(preTest.pValue)}`,
          `would have seen trends part by ${numberText(preTest.detectableSlope, 2)} s a week; passing is no proof`,
        ],
  ];
  if (holdout !== null)
    rows.push([
      "Sizes of the drawn arms",
      `${holdout.teamsEnrolled} enrolled, ${holdout.teamsHeldOut} held out, p = ${pText(holdout.sampleRatioP)}`,
      "below .001 the draw was not kept",
    ]);
  for (const placebo of [placebos.inTime, placebos.inSpace]) {
    if (placebo === null) continue;
    const found = placebo.estimate === null ? "" : `${numberText(placebo.estimate, 1)} s, `;
    rows.push([
      `Placebo: ${placebo.what}`,
      `${found}p = ${pText(placebo.pValue)}`,
      placebo.estimate === null ? "of the true dates" : "no effect is due",
    ]);
  }
  if (wildBootstrapP !== null) rows.push(["Wild bootstrap by team", `p = ${pText(wildBootstrapP)}`, "few teams"]);
  for (const { eventWeek, breakdown } of sensitivity) {
    if (breakdown === null) continue;
    const factor = numberText(breakdown, 2);
    rows.push([`Breakdown in week ${eventWeek}`, factor, "times the worst deviation before that trends may part by until zero is inside"]);
  }
  return rows;
}

function pText(value: number | null): string {
  if (value === null) return "unknown";
  return value < 0.0001 ? "< 0.0001" : value.toFixed(4);
}
