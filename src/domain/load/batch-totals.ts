/**
 * What became of the records of a batch, in canonical records; a source record that maps to none counts once.
 * `received = new + changed + unchanged + duplicate + filtered + quarantined`. Deletions and late revisions are `changed`.
 */
export interface BatchTotals {
  readonly received: number;
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly duplicate: number;
  readonly filtered: number;
  readonly quarantined: number;
}

export const noTotals: BatchTotals = { received: 0, new: 0, changed: 0, unchanged: 0, duplicate: 0, filtered: 0, quarantined: 0 };

export function addTotals(one: BatchTotals, other: BatchTotals): BatchTotals {
  return {
    received: one.received + other.received,
    new: one.new + other.new,
    changed: one.changed + other.changed,
    unchanged: one.unchanged + other.unchanged,
    duplicate: one.duplicate + other.duplicate,
    filtered: one.filtered + other.filtered,
    quarantined: one.quarantined + other.quarantined,
  };
}

export function doTotalsAddUp(totals: BatchTotals): boolean {
  return totals.received === totals.new + totals.changed + totals.unchanged + totals.duplicate + totals.filtered + totals.quarantined;
}

/** A batch that is in already adds nothing: what it once brought is unchanged now. */
export function totalsWhenKnown(stored: BatchTotals): BatchTotals {
  return { ...stored, new: 0, changed: 0, unchanged: stored.new + stored.changed + stored.unchanged };
}
