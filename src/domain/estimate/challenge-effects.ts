import { combineCells, isPost } from "./aggregate.ts";
import type { Effect } from "./effect.ts";
import { type Design, estimateGroupTime } from "./group-time.ts";
import { keepUnits, outcomesAt, type Panel, retreat, unitsWhere } from "./panel.ts";

/** One agent's part in one challenge: first and last active period, inclusive. */
export interface Participation {
  readonly challenge: string;
  readonly unit: string;
  readonly from: number;
  readonly to: number;
}

export interface ChallengeOptions {
  readonly design: Design;
  /** Periods after the end that still belong to the effect: the dip after a campaign is booked, too. */
  readonly aftermath: number;
}

export interface ChallengeEffect {
  readonly challenge: string;
  readonly launch: number;
  readonly participants: number;
  /** Agents in no challenge from the base to the end of the aftermath. */
  readonly controls: number;
  /** Mean effect from launch to the end of the aftermath; its influence is by unit of the whole panel. Null without controls or a base. */
  readonly effect: Effect | null;
}

export interface ChallengeEffects {
  readonly challenges: readonly ChallengeEffect[];
  /** By share of the participants' weight. */
  readonly overall: Effect | null;
}

/**
 * Each challenge beside its own clean controls: agents in no challenge at all in its window. The same estimator per
 * challenge; agents in several stacks are one agent in the error, since influences are added by agent and team.
 * What `panel` says about treatment does not matter here.
 */
export function estimateChallenges(
  panel: Panel,
  participations: readonly Participation[],
  options: ChallengeOptions,
  isWanted: (challenge: string) => boolean = () => true,
): ChallengeEffects {
  const names = [...new Set(participations.map(({ challenge }) => challenge))].filter(isWanted).sort();
  const measured = names.map((challenge) => measureChallenge(panel, challenge, participations, options));
  return { challenges: measured.map(({ result }) => result), overall: combine(panel, measured) };
}

interface Measured {
  readonly result: ChallengeEffect;
  readonly participants: Int32Array;
}

function measureChallenge(
  panel: Panel,
  challenge: string,
  participations: readonly Participation[],
  { design, aftermath }: ChallengeOptions,
): Measured {
  const own = participations.filter((participation) => participation.challenge === challenge);
  const launch = own.reduce((earliest, { from }) => Math.min(earliest, from), Number.POSITIVE_INFINITY);
  const end = own.reduce((latest, { to }) => Math.max(latest, to), Number.NEGATIVE_INFINITY) + aftermath;
  const start = launch - design.anticipation - design.preWindow;
  const isIn = new Set(own.map(({ unit }) => unit));
  const busy = new Set(participations.filter(({ from, to }) => from <= end && to >= start).map(({ unit }) => unit));
  const participants = unitsWhere(panel, (unit) => isIn.has(panel.units[unit] ?? ""));
  const stack = unitsWhere(panel, (unit) => isIn.has(panel.units[unit] ?? "") || !busy.has(panel.units[unit] ?? ""));
  const result = { challenge, launch, participants: participants.length, controls: stack.length - participants.length };
  const stacked = retreat(limitPeriods(keepUnits(panel, stack), start, end), (unit) =>
    isIn.has(panel.units[stack[unit] ?? 0] ?? "") ? launch : null,
  );
  const groupTime = estimateGroupTime(stacked, { ...design, controls: "never" }, (eventTime) => eventTime >= 0);
  const effect = combineCells(groupTime, groupTime.cells.filter(isPost));
  if (effect === null) return { result: { ...result, effect }, participants };
  const influence = new Float64Array(panel.units.length);
  effect.influence.forEach((value, unit) => {
    influence[stack[unit] ?? 0] = value;
  });
  return { result: { ...result, effect: { ...effect, influence } }, participants };
}

function limitPeriods(panel: Panel, start: number, end: number): Panel {
  const kept = Array.from(panel.periods.keys()).filter((period) => {
    const time = panel.periods[period] ?? Number.NaN;
    return time >= start && time <= end;
  });
  const outcomes = new Float64Array(kept.length * panel.units.length);
  kept.forEach((period, place) => {
    outcomes.set(outcomesAt(panel, period), place * panel.units.length);
  });
  return { ...panel, periods: Float64Array.from(kept, (period) => panel.periods[period] ?? Number.NaN), outcomes };
}

/** Weighted by the participants' weight, whose spread is part of the error as in any aggregate. */
function combine(panel: Panel, measured: readonly Measured[]): Effect | null {
  const known = measured.flatMap(({ result: { effect }, participants }) =>
    effect === null ? [] : [{ effect, participants, weight: participants.reduce((sum, unit) => sum + (panel.weights[unit] ?? 0), 0) }],
  );
  const total = known.reduce((sum, { weight }) => sum + weight, 0);
  if (!(total > 0)) return null;
  const estimate = known.reduce((sum, { effect, weight }) => sum + (weight / total) * effect.estimate, 0);
  const seenShare = known.reduce((sum, { effect, weight }) => sum + (weight / total) * effect.seenShare, 0);
  const influence = new Float64Array(panel.units.length);
  for (const { effect, participants, weight } of known) {
    for (let unit = 0; unit < influence.length; unit++)
      influence[unit] = (influence[unit] ?? 0) + (weight / total) * (effect.influence[unit] ?? 0);
    for (const unit of participants) {
      influence[unit] = (influence[unit] ?? 0) + ((panel.weights[unit] ?? 0) / total) * (effect.estimate - estimate);
    }
  }
  return { estimate, influence, seenShare };
}
