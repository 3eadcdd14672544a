import type { HorizonFacts, RoiFacts, RoiSettings } from "./facts.ts";
import { absent, type DayRange, measured, money, noMoney } from "./figure.ts";
import type { Grade } from "./grade.ts";
import { addDays } from "./period.ts";
import { describeChange } from "./plan-activity.ts";
import { gainFigure, ratioOfReturn } from "./plan-money.ts";
import type { Horizon } from "./report.ts";
import { hoursSaved } from "./return-on-investment.ts";

const horizons = [
  { name: "operational", title: "First 14 days after enrolment: handle time", days: 14 },
  { name: "stability", title: "First 90 days after enrolment: who stays", days: 90 },
] as const;

/** Handle time answers within two weeks, attrition needs three months: two answers, one cost each, never one sum. */
export function planHorizons(facts: RoiFacts, grade: Grade): Horizon[] {
  return horizons.map((horizon) => {
    const found = facts.horizons.find(({ days }) => days === horizon.days);
    return { ...horizon, ...describeHorizon(horizon.days, found ?? nothingKnown(horizon.days), facts, grade) };
  });
}

function nothingKnown(days: number): HorizonFacts {
  return {
    days,
    followUpDays: 0,
    change: null,
    changeReason: "nobody is recorded as enrolled",
    gainMinor: null,
    costMinor: null,
    leavers: null,
  };
}

function describeHorizon(days: number, facts: HorizonFacts, all: RoiFacts, grade: Grade): Omit<Horizon, "name" | "title" | "days"> {
  const { firstOn } = all.enrolment;
  const window: DayRange | null = firstOn === null ? null : { from: firstOn, to: addDays(firstOn, days - 1) };
  const reason = whyNot(days, facts, all);
  const change = reason === null ? facts.change : null;
  const words = reason ?? facts.changeReason ?? "no interaction of an agent with a baseline";
  const averageHandleTimeChange = describeChange(change, window, words);
  const gain = gainFigure(reason === null ? facts.gainMinor : null, change, all.settings, window, words);
  const evidence = { n: all.enrolment.enrolledAgents, of: "enrolled agents", window };
  const cost = facts.costMinor === null ? noMoney("no cost is recorded for these days", evidence) : money(facts.costMinor, evidence);
  return {
    followUpDays: facts.followUpDays,
    state: stateOf(reason, all),
    reason,
    averageHandleTimeChange,
    savedHours: savedHours(change, window, words),
    leavers: facts.leavers === null || reason !== null ? absent(words, "count", evidence) : measured(facts.leavers, "count", evidence),
    gain,
    cost,
    roi: ratioOfReturn(gain, cost, grade),
  };
}

function savedHours(change: HorizonFacts["change"], window: DayRange | null, words: string) {
  const evidence = { n: change?.contacts ?? 0, of: "interactions after enrolment", window };
  if (change === null || change.contacts === 0) return absent(words, "hours", evidence);
  const changeSeconds = -change.savedMs / 1000 / change.contacts;
  return measured(hoursSaved({ changeSeconds, contacts: change.contacts }), "hours", evidence);
}

function whyNot(days: number, facts: HorizonFacts, all: RoiFacts): string | null {
  if (all.enrolment.enrolledAgents === 0) return "nobody is recorded as enrolled: there is no day 0";
  const missing = days - facts.followUpDays;
  if (missing > 0) return `not yet: ${facts.followUpDays} of ${days} days of follow-up are loaded, ${missing} to go`;
  return null;
}

function stateOf(reason: string | null, all: RoiFacts): Horizon["state"] {
  if (reason === null) return "measured";
  return all.enrolment.enrolledAgents === 0 ? "not_available" : "not_yet";
}

export function realisationWords(settings: RoiSettings): string {
  return settings.realisationPpm === 1_000_000
    ? "capacity value: freed time counts in full"
    : "cash value: only this share of freed time becomes money";
}
