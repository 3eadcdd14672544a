import { countOf, type Finding, lowers, notes, refuses } from "./finding.ts";
import { keepUnits, outcomesAt, type Panel, retreat, treatedFromOf, unitsWhere } from "./panel.ts";

export type PanelBuild =
  | { readonly kind: "panel"; readonly panel: Panel; readonly findings: readonly Finding[] }
  | { readonly kind: "refused"; readonly findings: readonly Finding[] };

/** Whether there is a before, a treatment and an outcome, and what had to be left out for it. */
export function checkPanel(laidOut: Panel, before: readonly Finding[]): PanelBuild {
  const found: Finding[] = [...before];
  const first = laidOut.periods[0] ?? 0;
  const last = laidOut.periods[laidOut.periods.length - 1] ?? 0;
  const isAlwaysTreated = (unit: number) => (treatedFromOf(laidOut, unit) ?? Number.POSITIVE_INFINITY) <= first;
  const always = laidOut.units.filter((_, unit) => isAlwaysTreated(unit));
  if (always.length === laidOut.units.length) {
    const text = "Everybody is treated from the first period on: there is no before.";
    return { kind: "refused", findings: [...found, refuses("all-treated-at-once", text)] };
  }
  if (always.length > 0) {
    found.push(lowers("always-treated", `${countOf(always, "unit")} treated from the first period on, so without a before: left out.`));
  }
  const kept =
    always.length === 0
      ? laidOut
      : keepUnits(
          laidOut,
          unitsWhere(laidOut, (unit) => !isAlwaysTreated(unit)),
        );
  const isLate = (unit: number) => (treatedFromOf(kept, unit) ?? last) > last;
  const late = kept.units.filter((_, unit) => isLate(unit));
  if (late.length === 0) return checkOutcomes(kept, found);
  found.push(notes("treated-later", `${countOf(late, "unit")} treated after the last period: counted as untreated.`));
  return checkOutcomes(
    retreat(kept, (unit) => (isLate(unit) ? null : treatedFromOf(kept, unit))),
    found,
  );
}

function checkOutcomes(panel: Panel, found: readonly Finding[]): PanelBuild {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const outcome of panel.outcomes) {
    if (outcome < lowest) lowest = outcome;
    if (outcome > highest) highest = outcome;
  }
  const refuse = (code: string, text: string): PanelBuild => ({ kind: "refused", findings: [...found, refuses(code, text)] });
  if (highest < lowest) return refuse("no-outcome", "The outcome is missing in every row.");
  // What differs by less than rounding, or by so little that its square is nothing, does not differ.
  const scale = Math.max(Math.abs(highest), Math.abs(lowest));
  if (highest - lowest <= Math.max(1e-60, 1e-12 * scale))
    return refuse("constant-outcome", `The outcome is ${highest} in every row: there is nothing to estimate from.`);
  if (panel.cohorts.length === 0) return refuse("nobody-treated", "Nobody is treated within the periods of the panel.");
  return { kind: "panel", panel, findings: [...found, ...gapFindings(panel)] };
}

/** Periods missing between a unit's first and last one: gaps. Missing ones at the ends are joiners and leavers, another matter. */
function gapFindings(panel: Panel): Finding[] {
  let expected = 0;
  let observed = 0;
  const gappy: string[] = [];
  panel.units.forEach((name, unit) => {
    const seen: number[] = [];
    panel.periods.forEach((_, period) => {
      if (!Number.isNaN(outcomesAt(panel, period)[unit])) seen.push(period);
    });
    const span = seen.length === 0 ? 0 : (seen[seen.length - 1] ?? 0) - (seen[0] ?? 0) + 1;
    expected += span;
    observed += seen.length;
    if (span > seen.length) gappy.push(name);
  });
  const missing = expected - observed;
  if (missing === 0) return [];
  const share = ((100 * missing) / expected).toFixed(1);
  const text = `${missing} periods (${share} %) are missing between first and last one of ${countOf(gappy, "unit")}; each cell uses the units observed in both of its periods.`;
  return [missing > 0.1 * expected ? lowers("missing-periods", text) : notes("missing-periods", text)];
}
