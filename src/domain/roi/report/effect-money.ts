import type { EffectHorizon, ProgrammeAssessment } from "../programme/programme-assessment.ts";
import type { CostFacts } from "./facts.ts";
import { absent, type Figure, type MoneyFigure, measured, noMoney } from "./figure.ts";
import { type Grade, isCausal } from "./grade.ts";
import { costParts, type Sums } from "./plan-money.ts";
import type { Horizon, MoneyPart } from "./report.ts";

/** Effects of grade A or B stand in the place of the change against the agents' own past; nothing is shown twice. */
export function planEffectMoneyTable({ money, window }: ProgrammeAssessment, costs: readonly CostFacts[]): Sums {
  const benefits: MoneyPart[] = money.parts
    .filter(({ isCounted, name }) => isCounted || name !== leavers)
    .map(({ name, gain }) => ({ name, kind: "benefit", basis: "measured", figure: gain }));
  const { gain, cost, net, roi } = money;
  return {
    parts: [...benefits, ...costParts(costs, window)],
    gain,
    cost,
    net,
    roi,
    benefitCostRatio: ratioOfGain(gain, cost),
    notes: [`compared weeks: ${window === null ? "none" : `${window.from} to ${window.to}`}; costs up to the end of that month`],
  };
}

const leavers = "Fewer leavers, 90 days";

function ratioOfGain(gain: MoneyFigure, cost: MoneyFigure): Figure {
  const evidence = { n: gain.n, of: gain.of, window: gain.window };
  if (gain.amountMinor === null || cost.amountMinor === null || cost.amountMinor <= 0n)
    return absent(gain.reason ?? cost.reason ?? "no cost is recorded, and a return on nothing is undefined", "ratio", evidence);
  const over = (minor: bigint) => Number(minor) / Number(cost.amountMinor);
  const { interval } = gain;
  return measured(over(gain.amountMinor), "ratio", evidence, interval === null ? null : [over(interval.fromMinor), over(interval.toMinor)]);
}

/** A horizon with the effect instead of the change, where the grade allows it. What is only modelled never gets a ratio. */
export function withEffect(horizon: Horizon, programme: ProgrammeAssessment | null, grade: Grade): Horizon {
  const found = programme?.money.horizons.find(({ name }) => name === horizon.name) ?? null;
  if (programme === null || found === null || !isCausal(grade) || horizon.reason !== null) return horizon;
  return horizon.name === "operational" ? withHandleTime(horizon, programme, found) : withLeavers(horizon, programme, found);
}

function withHandleTime(horizon: Horizon, programme: ProgrammeAssessment, { gain, roi }: EffectHorizon): Horizon {
  const effect = programme.outcomes.find(({ name }) => name === "handle_time")?.operational;
  if (effect === undefined) return horizon;
  const contacts = gain.n ?? 0;
  const hours = (seconds: number) => (-seconds * contacts) / 3600;
  const evidence = { n: contacts, of: gain.of, window: effect.window };
  const savedHours =
    effect.value === null || effect.interval === null
      ? absent(effect.reason ?? "unknown", "hours", evidence)
      : measured(hours(effect.value), "hours", evidence, [hours(effect.interval[1]), hours(effect.interval[0])]);
  return { ...horizon, averageHandleTimeChange: effect, savedHours, gain, roi };
}

/** Measured where leavers can be compared; else the model's amount is taken off the page's head and stands in its own place. */
function withLeavers(horizon: Horizon, programme: ProgrammeAssessment, { gain, roi }: EffectHorizon): Horizon {
  const { difference } = programme.attrition;
  if (gain.amountMinor === null) {
    const reason = difference.reason ?? gain.reason ?? "unknown";
    return { ...horizon, basis: "measured", gain: noMoney(reason, gain), roi: absent(reason, "ratio", roi) };
  }
  return { ...horizon, basis: "measured", gain, roi };
}
