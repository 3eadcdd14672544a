import type { Effect } from "./effect.ts";
import { addInfluence, type Cell, cohortShares, type GroupTime } from "./group-time.ts";
import { never } from "./panel.ts";

/** Effects over many cells. Keys are a cohort's date, an event time, a period. */
export interface Aggregates {
  readonly simple: Effect | null;
  readonly operational: Effect | null;
  readonly cohort: readonly KeyedEffect[];
  readonly cohortOverall: Effect | null;
  readonly eventTime: readonly KeyedEffect[];
  readonly dynamicOverall: Effect | null;
  readonly calendar: readonly KeyedEffect[];
  readonly calendarOverall: Effect | null;
}

export interface KeyedEffect {
  readonly key: number;
  readonly effect: Effect;
}

/** Event times of the short horizon: the first two weeks. */
export function isOperational(cell: Cell): boolean {
  return cell.eventTime === 0 || cell.eventTime === 1;
}

export function isPost(cell: Cell): boolean {
  return cell.eventTime >= 0;
}

/** All aggregates of Callaway and Sant'Anna, and the operational one. Null where no cell exists. */
export function aggregate(groupTime: GroupTime): Aggregates {
  const { panel, cells } = groupTime;
  const post = cells.filter(isPost);
  const cohort = [...groupBy(post, (cell) => cell.cohort)].map(([code, own]) => ({
    key: panel.cohorts[code] ?? Number.NaN,
    code,
    effect: averageEqually(own.map((cell) => effectOfCell(groupTime, cell))),
  }));
  const eventTime = byKey(groupTime, cells, (cell) => cell.eventTime);
  const calendar = byKey(groupTime, post, (cell) => panel.periods[cell.period] ?? Number.NaN);
  const parts = cohort.map(({ code, effect }) => ({ cohort: code, effect }));
  const calendarEffects = calendar.map(({ effect }) => effect);
  const postEffects = eventTime.filter(({ key }) => key >= 0).map(({ effect }) => effect);
  return {
    simple: combineCells(groupTime, post),
    operational: combineCells(groupTime, post.filter(isOperational)),
    cohort: cohort.map(({ key, effect }) => ({ key, effect })),
    cohortOverall: parts.length === 0 ? null : combineByShare(groupTime, parts),
    eventTime,
    dynamicOverall: postEffects.length === 0 ? null : averageEqually(postEffects),
    calendar,
    calendarOverall: calendarEffects.length === 0 ? null : averageEqually(calendarEffects),
  };
}

function byKey(groupTime: GroupTime, cells: readonly Cell[], keyOf: (cell: Cell) => number): KeyedEffect[] {
  return [...groupBy(cells, keyOf)]
    .sort(([a], [b]) => a - b)
    .flatMap(([key, own]) => {
      const effect = combineCells(groupTime, own);
      return effect === null ? [] : [{ key, effect }];
    });
}

function groupBy(cells: readonly Cell[], keyOf: (cell: Cell) => number): Map<number, Cell[]> {
  const groups = new Map<number, Cell[]>();
  for (const cell of cells) {
    const key = keyOf(cell);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return groups;
}

export function effectOfCell({ panel }: GroupTime, cell: Cell): Effect {
  const influence = new Float64Array(panel.units.length);
  addInfluence(panel, cell, 1, influence);
  return { estimate: cell.estimate, influence, seenShare: hasSpread(cell) ? 1 : 0 };
}

/** Both sides need two clusters: the deviations of a single one from its own mean sum to zero, and its spread stays unseen. */
export function hasSpread(cell: Cell): boolean {
  return cell.treated.clusters > 1 && cell.control.clusters > 1;
}

/** What each cell counts in their combination: the share of its cohort over the sum of these shares. */
export function weighCells({ panel }: GroupTime, cells: readonly Cell[]): { readonly weights: readonly number[]; readonly total: number } {
  const shares = cohortShares(panel);
  const total = cells.reduce((sum, cell) => sum + (shares[cell.cohort] ?? 0), 0);
  return { weights: cells.map((cell) => (shares[cell.cohort] ?? 0) / total), total };
}

/** Cells weighted by the share of their cohort; the shares are estimates too, and their spread is in the influence. */
export function combineCells(groupTime: GroupTime, cells: readonly Cell[]): Effect | null {
  if (cells.length === 0) return null;
  const { panel } = groupTime;
  const { weights, total } = weighCells(groupTime, cells);
  const influence = new Float64Array(panel.units.length);
  let estimate = 0;
  let seenShare = 0;
  for (const [index, cell] of cells.entries()) {
    const share = weights[index] ?? 0;
    estimate += share * cell.estimate;
    if (hasSpread(cell)) seenShare += share;
    addInfluence(panel, cell, share, influence);
  }
  addShareInfluence(groupTime, cells, { estimate, total, influence });
  return { estimate, influence, seenShare };
}

/** One effect per cohort, weighted by the cohorts' shares. */
function combineByShare(groupTime: GroupTime, parts: readonly { cohort: number; effect: Effect }[]): Effect {
  const { panel } = groupTime;
  const shares = cohortShares(panel);
  const total = parts.reduce((sum, part) => sum + (shares[part.cohort] ?? 0), 0);
  const influence = new Float64Array(panel.units.length);
  let estimate = 0;
  let seenShare = 0;
  for (const { cohort, effect } of parts) {
    const share = (shares[cohort] ?? 0) / total;
    estimate += share * effect.estimate;
    seenShare += share * effect.seenShare;
    addScaled(effect.influence, share, influence);
  }
  const terms = parts.map(({ cohort, effect }) => ({ cohort, estimate: effect.estimate }));
  addShareInfluence(groupTime, terms, { estimate, total, influence });
  return { estimate, influence, seenShare };
}

export function averageEqually(effects: readonly Effect[]): Effect {
  const influence = new Float64Array(effects[0]?.influence.length ?? 0);
  let estimate = 0;
  let seenShare = 0;
  for (const effect of effects) {
    estimate += effect.estimate / effects.length;
    seenShare += effect.seenShare / effects.length;
    addScaled(effect.influence, 1 / effects.length, influence);
  }
  return { estimate, influence, seenShare };
}

function addScaled(from: Float64Array, factor: number, into: Float64Array): void {
  for (let unit = 0; unit < into.length; unit++) into[unit] = (into[unit] ?? 0) + factor * (from[unit] ?? 0);
}

/**
 * The influence of the estimated shares: for a unit of cohort g, w_i/(sum of w) * (sum over g's terms of A - theta) / S.
 * The parts with p_g cancel, and a unit of no cohort has none.
 */
function addShareInfluence(
  { panel }: GroupTime,
  terms: readonly { readonly cohort: number; readonly estimate: number }[],
  { estimate, total, influence }: { estimate: number; total: number; influence: Float64Array },
): void {
  const excess = new Float64Array(panel.cohorts.length);
  for (const term of terms) excess[term.cohort] = (excess[term.cohort] ?? 0) + term.estimate - estimate;
  let allWeight = 0;
  for (const weight of panel.weights) allWeight += weight;
  for (let unit = 0; unit < influence.length; unit++) {
    const cohort = panel.cohortOf[unit] ?? never;
    if (cohort === never) continue;
    influence[unit] = (influence[unit] ?? 0) + ((panel.weights[unit] ?? 0) / allWeight) * ((excess[cohort] ?? 0) / total);
  }
}
