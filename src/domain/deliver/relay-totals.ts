/** What a relay did at one host. Every attempt has one end: `attempts` is the sum of all that follows. */
export interface RelayTotals {
  readonly attempts: number;
  readonly delivered: number;
  /** The host had it already. */
  readonly duplicate: number;
  /** A newer version is wanted by now, or shown. */
  readonly superseded: number;
  /** To be tried again later. */
  readonly retried: number;
  /** Not before a person did something. */
  readonly held: number;
  readonly dead: number;
  /** Another process settled it meanwhile: this one's claim had run out. */
  readonly lost: number;
}

export type RelayEnd = Exclude<keyof RelayTotals, "attempts">;

export const noRelayTotals: RelayTotals = {
  attempts: 0,
  delivered: 0,
  duplicate: 0,
  superseded: 0,
  retried: 0,
  held: 0,
  dead: 0,
  lost: 0,
};

export function countEnd(totals: RelayTotals, end: RelayEnd): RelayTotals {
  return { ...totals, attempts: totals.attempts + 1, [end]: totals[end] + 1 };
}

export function addRelayTotals(one: RelayTotals, other: RelayTotals): RelayTotals {
  return {
    attempts: one.attempts + other.attempts,
    delivered: one.delivered + other.delivered,
    duplicate: one.duplicate + other.duplicate,
    superseded: one.superseded + other.superseded,
    retried: one.retried + other.retried,
    held: one.held + other.held,
    dead: one.dead + other.dead,
    lost: one.lost + other.lost,
  };
}
