import type { Figure, MoneyFigure } from "../../domain/roi/report/figure.ts";
import type { ChallengeRow, MonthRow, RoiReport, StatusStudy } from "../../domain/roi/report/report.ts";
import {
  amountText,
  changeText,
  evidenceText,
  figureText,
  moneyText,
  numberText,
  signedFigureText,
  valueText,
  weeksLater,
} from "../../domain/roi/report/words.ts";

/** A table as text: what the terminal, Markdown and HTML have in common. */
export interface Table {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** Why a cell shows a dash: `(a) no quality evaluation`. */
  readonly notes: readonly string[];
}

export interface Column {
  readonly title: string;
  readonly isNumber: boolean;
}

/** Collects the reasons behind the dashes of one table: equal reasons share a letter. */
function collectReasons() {
  const letters = new Map<string, string>();
  return {
    mark(text: string, reason: string | null): string {
      if (reason === null) return text;
      const letter = letters.get(reason) ?? letterOf(letters.size);
      letters.set(reason, letter);
      return `${text} (${letter})`;
    },
    notes: (): string[] => [...letters].map(([reason, letter]) => `(${letter}) ${reason}`),
  };
}

function letterOf(index: number): string {
  return index < 26 ? String.fromCharCode(97 + index) : `${letterOf(Math.floor(index / 26) - 1)}${letterOf(index % 26)}`;
}

export interface Shapes {
  figure(figure: Figure, digits?: number): string;
  signed(figure: Figure, digits?: number): string;
  money(figure: MoneyFigure): string;
  /** Without the currency, where the column names it. */
  amount(figure: MoneyFigure): string;
}

export function table(
  id: string,
  title: string,
  currency: string,
  columns: readonly string[],
  fill: (shapes: Shapes) => string[][],
): Table {
  const reasons = collectReasons();
  const rows = fill({
    figure: (figure, digits) => reasons.mark(figureText(figure, digits), figure.reason),
    signed: (figure, digits) => reasons.mark(signedFigureText(figure, digits), figure.reason),
    money: (figure) => reasons.mark(moneyText(figure, currency), figure.reason),
    amount: (figure) => reasons.mark(moneyText(figure, currency).replace(` ${currency}`, ""), figure.reason),
  });
  const titled = columns.map((name) =>
    name.startsWith("#") ? { title: name.slice(1), isNumber: true } : { title: name, isNumber: false },
  );
  return { id, title, columns: titled, rows, notes: reasons.notes() };
}

export function comparisonTable({ comparison, currency }: RoiReport): Table {
  return table("comparison", "Before and after", currency, ["Figure", "#Before", "#After", "#Change"], ({ figure, signed, money }) => {
    if (comparison === null) return [];
    const { before, after, averageHandleTimeChange, savedHours, value } = comparison;
    const lines = [
      ["Period", `${before.period.from} to ${before.period.to}`, `${after.period.from} to ${after.period.to}`, ""],
      ["Days with data", `${before.daysUsed} of ${before.daysExpected}`, `${after.daysUsed} of ${after.daysExpected}`, ""],
      ["Handled interactions", figure(before.handledInteractions), figure(after.handledInteractions), ""],
      ["Average handle time", figure(before.averageHandleTime, 5), figure(after.averageHandleTime, 5), signed(averageHandleTimeChange, 5)],
      ["Handle time", figure(before.handleHours), figure(after.handleHours), ""],
      ["Saved at the later volume", "", "", signed(savedHours, 5)],
    ];
    if (comparison.provisionalDays > 0) lines.push(["Days that may still change", "", String(comparison.provisionalDays), ""]);
    return value.amountMinor === null ? lines : [...lines, ["Those hours as capacity", "", "", money(value)]];
  });
}

export function horizonTable({ horizons, currency, evidence }: RoiReport): Table {
  const columns = ["Horizon", "#Follow-up", "#Effect", "#Gain", "#Cost", `#${returnWord(evidence)}`];
  return table("horizons", "Two horizons, one cost each", currency, columns, ({ figure, signed, money }) =>
    horizons.map((horizon) => [
      `${horizon.days} days (${horizon.name === "operational" ? "operational" : "workforce stability"})`,
      `${horizon.followUpDays} of ${horizon.days} days`,
      horizon.name === "operational"
        ? `${signed(horizon.averageHandleTimeChange)} per interaction`
        : `${figure(horizon.leavers)} leavers, ${figure(horizon.expectedLeavers, 1)} expected`,
      `${money(horizon.gain)}${horizon.basis === "modelled" && horizon.gain.amountMinor !== null ? " (modelled)" : ""}`,
      money(horizon.cost),
      `${signed(horizon.roi)}${bracketsText(horizon.roi)}`,
    ]),
  );
}

/** A ratio without a comparison group is never called an ROI without saying so. */
export function returnWord({ reading }: RoiReport["evidence"]): string {
  return reading === "causal" ? "ROI" : "ROI (associational)";
}

export function moneyTable({ money: parts, currency, evidence }: RoiReport): Table {
  const built = table("money", "Gain and cost", currency, ["Part", "#Amount", "Basis"], ({ money, signed, figure }) => [
    ...parts.parts.map((part) => [
      part.name,
      money(part.figure),
      [part.kind, part.basis, evidenceText(part.figure)].filter((word) => word !== "").join(", "),
    ]),
    ["Gain", money(parts.gain), "sum of benefits"],
    ["Cost", money(parts.cost), "sum of costs"],
    ["Net", money(parts.net), "gain − cost"],
    [returnWord(evidence), `${signed(parts.roi)}${bracketsText(parts.roi)}`, "(gain − cost) / cost"],
    ["Gain per unit of cost", figure(parts.benefitCostRatio), "gain / cost"],
  ]);
  return { ...built, notes: [...built.notes, ...parts.notes] };
}

/** The same seconds at other prices; the line in force is marked. */
export function rateTable({ money: { rates }, currency, evidence }: RoiReport): Table {
  const columns = ["Loaded rate of an hour", "#Realised", "#Gain", `#${returnWord(evidence)}`];
  const built = table("rates", "At other rates", currency, columns, ({ money, signed }) =>
    rates.rows.map(({ ratePerHourMinor, realisation, isConfigured, gain, roi }) => [
      `${amountText(ratePerHourMinor, currency)}${isConfigured ? " (in force)" : ""}`,
      `${numberText(100 * realisation, 0)} %`,
      money(gain),
      `${signed(roi)}${bracketsText(roi)}`,
    ]),
  );
  const { amountMinor, interval, reason } = rates.breakEvenPerHour;
  const span =
    interval === null ? "" : `, 95 % interval ${amountText(interval.fromMinor, currency)} to ${amountText(interval.toMinor, currency)}`;
  const even =
    amountMinor === null
      ? `no break-even: ${reason ?? "unknown"}`
      : `gain and cost are equal where a saved hour is worth ${amountText(amountMinor, currency)} (rate times what is realised)${span}`;
  return { ...built, notes: [...built.notes, rates.reason ?? even] };
}

export function monthTable(months: readonly MonthRow[], currency: string): Table {
  const columns = [
    "Month",
    "#Agents",
    "#Handled",
    "#Handle time",
    "#Change",
    "#Quality",
    "#Engagement",
    "#Points paid",
    "#Points credited, weighted / unweighted",
    `#Gain, ${currency}`,
    `#Cost, ${currency}`,
    "#ROI, assoc.",
  ];
  return table("months", "By month", currency, columns, ({ figure, signed, amount }) =>
    months.map((month) => [
      month.isFinal ? month.label : `${month.label}, provisional`,
      figure(month.agents),
      figure(month.handledInteractions),
      figure(month.averageHandleTime),
      signed(month.averageHandleTimeChange),
      figure(month.averageQuality),
      figure(month.meanEngagement),
      figure(month.pointsPaid, 0),
      `${figure(month.pointsWeighted, 0)} / ${figure(month.pointsUnweighted, 0)}`,
      amount(month.gain),
      amount(month.cost),
      signed(month.roi),
    ]),
  );
}

export function challengeTable(challenges: readonly ChallengeRow[], currency: string): Table {
  const columns = [
    "Challenge",
    "Status",
    "#Agents",
    "#Points paid",
    "#Points credited, weighted / unweighted",
    `#Gain, weighted / unweighted, ${currency}`,
    `#Cost, ${currency}`,
    "#ROI, assoc., weighted / unweighted",
    "#Half-life of engagement",
    "#Half-life of points",
  ];
  return table("challenges", "By challenge", currency, columns, ({ figure, signed, amount }) =>
    challenges.map((challenge) => [
      challenge.name,
      challenge.status ?? "unknown",
      figure(challenge.participants),
      figure(challenge.pointsPaid, 0),
      `${figure(challenge.pointsWeighted, 0)} / ${figure(challenge.pointsUnweighted, 0)}`,
      `${amount(challenge.gainWeighted)} / ${amount(challenge.gain)}`,
      amount(challenge.cost),
      `${signed(challenge.roiWeighted)} / ${signed(challenge.roi)}`,
      figure(challenge.engagementHalfLife),
      figure(challenge.pointHalfLife),
    ]),
  );
}

export function lifecycleTable({ lifecycle, currency }: RoiReport): Table {
  const columns = [
    "Challenge",
    "Change",
    "On",
    "#14 days before",
    "#14 days after",
    "#Change within agents",
    "#Over after",
    "#95 % interval",
  ];
  return table("lifecycle", "Around changes of challenges", currency, columns, ({ figure, signed }) =>
    lifecycle.map((study) => [
      study.name,
      changeText(study),
      study.changedOn,
      figure(study.before),
      figure(study.after),
      `${signed(study.change)}${bracketsText(study.change)}`,
      figure(study.recoveryDay, 0),
      recoveryText(study),
    ]),
  );
}

/** `8 to 17 days`; `8 days to open` where the data ends first. */
export function recoveryText({ recoveryDay: { interval }, isRecoveryOpen }: StatusStudy): string {
  if (interval === null) return "";
  return isRecoveryOpen ? `${interval[0]} days to open` : `${interval[0]} to ${interval[1]} days`;
}

/** One line for each measure of engagement; docs/roi-report.md defines them. */
export function measuresTable({ engagement: { measures }, currency }: RoiReport): Table {
  const { velocity, pointDecay, accrualToQuality, triggerToQuality, byShiftStart } = measures;
  const lines: readonly (readonly [name: string, figure: Figure, meaning: string])[] = [
    ["Engagement velocity", velocity, "change a week within agents, of the scale"],
    ["Point decay", pointDecay, "change a week of what a challenge pays per worked day, from its peak on"],
    ["Accrual against quality, correlation", accrualToQuality.correlation, "change of points a day with change of quality, by agent"],
    ["Accrual against quality, slope", accrualToQuality.slope, "quality points per point a day"],
    ...triggerToQuality.lags.map(
      ({ lagWeeks, correlation }) => [`Points to quality, ${weeksLater(lagWeeks)}`, correlation, "correlation within agents"] as const,
    ),
    ...byShiftStart.bands.map(
      ({ fromHour, toHour, engagement }) =>
        [`Shift starts ${clockText(fromHour)} to ${clockText(toHour)}`, engagement, "7-day engagement, local clock"] as const,
    ),
  ];
  const built = table("measures", "Engagement measures", currency, ["Measure", "#Value", "#95 % interval", "n", "What"], ({ figure }) =>
    lines.map(([name, value, meaning]) => [
      name,
      figure(value, value.unit === "share" ? 2 : value.unit === "points" ? 3 : 2),
      intervalText(value, value.unit === "points" ? 3 : 2),
      evidenceText(value),
      meaning,
    ]),
  );
  const lagNote =
    triggerToQuality.strongestLagWeeks === null
      ? triggerToQuality.reason
      : `points go with quality most at a lag of ${triggerToQuality.strongestLagWeeks} weeks`;
  return { ...built, notes: [...built.notes, ...[lagNote, byShiftStart.reason].flatMap((note) => note ?? [])] };
}

function clockText(hour: number): string {
  return `${String(hour).padStart(2, "0")}:00`;
}

export function turnoverTable({ turnover, currency }: RoiReport): Table {
  const columns = ["Engagement threshold", "#Days at risk", "#Leavers expected in the month", "#Cost attributed to risk"];
  const built = table("turnover", "Turnover scenario", currency, columns, ({ figure, money }) =>
    turnover.rows.map((row) => [
      `below ${numberText(row.threshold, 2)}${row.isConfigured ? " (in force)" : ""}`,
      figure(row.atRiskShare),
      figure(row.expectedLeavers, 1),
      money(row.riskCost),
    ]),
  );
  return { ...built, notes: [...built.notes, turnover.rows.length === 0 && turnover.reason !== null ? turnover.reason : turnover.label] };
}

export function qualityTable({ dataQuality, currency }: RoiReport): Table {
  const lines: readonly (readonly [name: string, figure: Figure, meaning: string])[] = [
    ["Days with data", dataQuality.daysUsed, "of the window"],
    ["Transport duplicates", dataQuality.duplicateRate, "events delivered more than once"],
    ["Overlap", dataQuality.overlapRate, "events that pay an action another event already paid"],
    ["Weak action keys", dataQuality.weakKeyRate, "events without an interaction id"],
    ["Score coverage", dataQuality.scoreCoverage, "events that carry an engagement score"],
    ["Engagement above 1", dataQuality.overflowRate, "agent-days whose raw mean exceeds its range"],
    ["Left out", dataQuality.leftOutRate, "interactions whose agent or day is unknown"],
    ["Answered by nobody", dataQuality.namelessRate, "answered interactions whose agent the source does not name"],
    ["Provisional", dataQuality.provisionalRate, "agent-days that may still change"],
    ["Quarantined", dataQuality.quarantineRate, "records refused at the boundary"],
  ];
  return table("quality", "Data quality", currency, ["Figure", "#Value", "#95 % interval", "n", "Meaning"], ({ figure }) =>
    lines.map(([name, value, meaning]) => [
      name,
      figure(value, value.unit === "share" ? 2 : 0),
      intervalText(value),
      evidenceText(value),
      meaning,
    ]),
  );
}

/** ` [−0.4, 1.2]` behind a value; nothing where there is no interval. */
export function bracketsText({ interval, unit }: Figure): string {
  return interval === null ? "" : ` [${valueText(interval[0], unit)} to ${valueText(interval[1], unit)}]`;
}

export function intervalText({ interval, unit }: Figure, digits = 2): string {
  return interval === null ? "" : `${valueText(interval[0], unit, digits)} to ${valueText(interval[1], unit, digits)}`;
}

export function assumptionTable({ assumptions, currency }: RoiReport): Table {
  return table("assumptions", "What was assumed", currency, ["Assumption", "Value", "Meaning"], () =>
    assumptions.map(({ name, value, meaning }) => [name, value, meaning]),
  );
}
