import type { KeyedEffect } from "./aggregate.ts";
import { z95 } from "./distributions.ts";
import { hasError } from "./effect.ts";
import type { Panel } from "./panel.ts";
import { standardErrorOf } from "./spread.ts";

/**
 * How far trends may part after treatment before an effect is lost: the plug-in form of relative magnitudes (Rambachan
 * and Roth 2023), conservative, not their exact procedure. `mbar` 1 allows per period the worst deviation seen before.
 */
export interface Sensitivity {
  /** Largest absolute change of treated against controls in one period before treatment. */
  readonly worstDeviation: number;
  readonly effects: readonly SensitiveEffect[];
}

export interface SensitiveEffect {
  readonly eventTime: number;
  readonly estimate: number;
  /** The mbar at which the interval reaches zero; 0 when it holds zero already, null when no deviation was seen. */
  readonly breakdown: number | null;
  readonly intervals: readonly { readonly mbar: number; readonly low: number; readonly high: number }[];
}

const mbars = [0, 0.5, 1, 2];

/** For event times 0, 1 and the last. Null without periods before treatment or without errors. */
export function measureSensitivity(panel: Panel, eventTime: readonly KeyedEffect[], preTimes: readonly number[]): Sensitivity | null {
  const before = eventTime.filter(({ key }) => preTimes.includes(key));
  const after = eventTime.filter(({ key, effect }) => key >= 0 && hasError(panel, effect));
  const last = after[after.length - 1];
  if (before.length === 0 || last === undefined) return null;
  const worstDeviation = Math.max(...before.map(({ effect }) => Math.abs(effect.estimate)));
  const shown = after.filter(({ key }) => key === 0 || key === 1 || key === last.key);
  return { worstDeviation, effects: shown.map((effect) => describe(panel, effect, worstDeviation)) };
}

function describe(panel: Panel, { key, effect }: KeyedEffect, worstDeviation: number): SensitiveEffect {
  const reach = z95 * standardErrorOf(panel, effect.influence);
  const perMbar = worstDeviation * (key + 1);
  const margin = Math.abs(effect.estimate) - reach;
  return {
    eventTime: key,
    estimate: effect.estimate,
    breakdown: perMbar > 0 ? Math.max(0, margin / perMbar) : null,
    intervals: mbars.map((mbar) => ({
      mbar,
      low: effect.estimate - mbar * perMbar - reach,
      high: effect.estimate + mbar * perMbar + reach,
    })),
  };
}
