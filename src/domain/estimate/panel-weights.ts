import { countOf, type Finding, lowers } from "./finding.ts";
import { keepUnits, type Panel, unitsWhere } from "./panel.ts";

/**
 * One weight per unit, its mean over the periods before anybody was treated: a weight the treatment can move would move
 * the estimate. A weight that never changes may come from any period. `weights` lies as the outcomes do, NaN for none.
 */
export function weighPanel(panel: Panel, weights: Float64Array): { panel: Panel; findings: Finding[] } {
  const { length } = panel.units;
  const first = panel.periods[0] ?? 0;
  const firstTreated = panel.cohorts.find((date) => date > first) ?? Number.POSITIVE_INFINITY;
  const sums = new Float64Array(length);
  const counts = new Float64Array(length);
  const lowest = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  const highest = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
  for (let place = 0; place < weights.length; place++) {
    const weight = weights[place] ?? Number.NaN;
    if (Number.isNaN(weight)) continue;
    const unit = place % length;
    lowest[unit] = Math.min(lowest[unit] ?? weight, weight);
    highest[unit] = Math.max(highest[unit] ?? weight, weight);
    if ((panel.periods[Math.floor(place / length)] ?? 0) >= firstTreated) continue;
    sums[unit] = (sums[unit] ?? 0) + weight;
    counts[unit] = (counts[unit] ?? 0) + 1;
  }
  const fixed = sums.map((sum, unit) => (lowest[unit] === highest[unit] ? (lowest[unit] ?? 0) : sum / (counts[unit] ?? 0)));
  const weighted = { ...panel, weights: fixed };
  const isWeighted = (unit: number) => (fixed[unit] ?? 0) > 0;
  const lost = panel.units.filter((_, unit) => !isWeighted(unit));
  if (lost.length === 0) return { panel: weighted, findings: [] };
  const text = `${countOf(lost, "unit")} without a weight before the first treated period: left out.`;
  return { panel: keepUnits(weighted, unitsWhere(panel, isWeighted)), findings: [lowers("no-weight", text)] };
}
