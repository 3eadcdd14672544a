import { addDays } from "../../calendar.ts";
import { withEffect } from "./effect-money.ts";
import type { HorizonFacts, RoiFacts, RoiSettings } from "./facts.ts";
import { absent, type DayRange, type Evidence, type Figure, type MoneyFigure, measured, money, noMoney, recorded } from "./figure.ts";
import type { Grade } from "./grade.ts";
import { describeChange } from "./plan-activity.ts";
import { gainFigure, ratioOfReturn } from "./plan-money.ts";
import type { Horizon } from "./report.ts";
import { hoursSaved } from "./return-on-investment.ts";

const horizons = [
  { name: "operational", title: "First 14 days after enrolment: handle time", days: 14, basis: "measured" },
  { name: "stability", title: "First 90 days after enrolment: who stays", days: 90, basis: "modelled" },
] as const;

/** Handle time answers within two weeks, attrition needs three months: two answers, one cost each, never one sum. */
export function planHorizons(facts: RoiFacts, grade: Grade): Horizon[] {
  return horizons.map((horizon): Horizon => {
    const found = facts.horizons.find(({ days }) => days === horizon.days) ?? nothingKnown(horizon.days);
    const reason = whyNot(found, facts);
    const all: Known = { facts: found, reason, window: windowOf(horizon.days, facts), all: facts };
    const effects = horizon.name === "operational" ? operationalEffects(all) : stabilityEffects(all);
    const cost = costFigure(all);
    const known: Horizon = {
      ...horizon,
      followUpDays: found.followUpDays,
      state: stateOf(reason, facts),
      reason,
      ...effects,
      cost,
      roi: horizon.basis === "modelled" ? modelledReturn(effects.gain) : ratioOfReturn(effects.gain, cost, grade),
    };
    return withEffect(known, facts.programme, grade);
  });
}

/** What a model makes of an association is no gain to divide by a cost. */
function modelledReturn(gain: MoneyFigure): Figure {
  return absent("withheld: the gain is modelled, not measured", "ratio", {
    n: gain.n,
    of: gain.of,
    window: gain.window,
  });
}

interface Known {
  readonly facts: HorizonFacts;
  readonly reason: string | null;
  readonly window: DayRange | null;
  readonly all: RoiFacts;
}

type Effects = Pick<Horizon, "averageHandleTimeChange" | "savedHours" | "leavers" | "expectedLeavers" | "gain">;

function nothingKnown(days: number): HorizonFacts {
  const nothing = { change: null, changeReason: null, gainMinor: null, costMinor: null, agents: 0, leavers: null, expectedLeavers: null };
  return { days, followUpDays: 0, ...nothing };
}

function windowOf(days: number, { enrolment }: RoiFacts): DayRange | null {
  return enrolment.firstOn === null ? null : { from: enrolment.firstOn, to: addDays(enrolment.firstOn, days - 1) };
}

function whyNot({ days, followUpDays }: HorizonFacts, { enrolment }: RoiFacts): string | null {
  if (enrolment.enrolledAgents === 0) return "nobody is recorded as enrolled: there is no day 0";
  const missing = days - followUpDays;
  return missing > 0 ? `not yet: ${followUpDays} of ${days} days of follow-up are loaded, ${missing} to go` : null;
}

function stateOf(reason: string | null, { enrolment }: RoiFacts): Horizon["state"] {
  if (reason === null) return "measured";
  return enrolment.enrolledAgents === 0 ? "not_available" : "not_yet";
}

function operationalEffects({ facts, reason, window, all }: Known): Effects {
  const change = reason === null ? facts.change : null;
  const words = reason ?? facts.changeReason ?? "no interaction of an agent with a baseline";
  const people: Evidence = { n: all.enrolment.enrolledAgents, of: "enrolled agents", window };
  return {
    averageHandleTimeChange: describeChange(change, window, words),
    savedHours: savedHours(change, window, words),
    leavers: absent("belongs to the stability horizon", "count", people),
    expectedLeavers: absent("belongs to the stability horizon", "count", people),
    gain: gainFigure(reason === null ? facts.gainMinor : null, change, all.settings, window, words),
  };
}

function savedHours(change: HorizonFacts["change"], window: DayRange | null, words: string): Figure {
  const evidence = { n: change?.contacts ?? 0, of: "interactions after enrolment", window };
  if (change === null || change.contacts === 0) return absent(words, "hours", evidence);
  const changeSeconds = -change.savedMs / 1000 / change.contacts;
  return measured(hoursSaved({ changeSeconds, contacts: change.contacts }), "hours", evidence);
}

function stabilityEffects({ facts, reason, window }: Known): Effects {
  const people: Evidence = { n: facts.agents, of: "enrolled agents with 90 days of follow-up", window };
  const words = reason ?? facts.changeReason ?? "no enrolled agent has 90 days of follow-up";
  const count = (value: number | null): Figure =>
    value === null || reason !== null ? absent(words, "count", people) : measured(value, "count", people);
  return {
    averageHandleTimeChange: absent("belongs to the operational horizon", "seconds", people),
    savedHours: absent("belongs to the operational horizon", "hours", people),
    leavers: count(facts.leavers),
    expectedLeavers: count(facts.expectedLeavers),
    gain: facts.gainMinor === null || reason !== null ? noMoney(words, people) : money(facts.gainMinor, people),
  };
}

function costFigure({ facts, reason, window, all }: Known): MoneyFigure {
  const evidence: Evidence = { n: all.enrolment.enrolledAgents, of: "enrolled agents", window };
  if (reason !== null) return noMoney(reason, evidence);
  return facts.costMinor === null
    ? noMoney("no cost is recorded for these days", evidence)
    : money(facts.costMinor, evidence, null, recorded);
}

export function realisationWords(settings: RoiSettings): string {
  return settings.realisationPpm === 1_000_000
    ? "capacity value: freed time counts in full"
    : "cash value: only this share of freed time becomes money";
}
