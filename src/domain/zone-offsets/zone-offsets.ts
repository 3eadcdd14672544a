import { findChange, prepareOffsetAt } from "../zone.ts";

/**
 * The offsets of a zone from UTC over a stretch of time, from the IANA rules this Node carries. Written into the warehouse
 * once, they give every local day by a range join: the same answer on each warehouse, and none of them asked per row.
 */

/** Local time = instant + offset, for `startsAt <= instant < endsAt` (epoch milliseconds). */
export interface ZoneOffset {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly offsetSeconds: number;
}

/** 1900-01-01 and 9999-01-01: where the first stretch starts and the last one ends. */
export const firstStart = Date.UTC(1900, 0, 1);
export const lastEnd = Date.UTC(9999, 0, 1);

/** No zone ever went to another offset and back within less: Morocco's break for Ramadan is a month. */
const probeMillis = 3 * 86_400_000;

/**
 * All stretches between two instants; the first is extended back and the last forward, since nothing outside is asked for.
 * @throws RangeError when the zone is unknown.
 */
export function zoneOffsets(zone: string, from: number, to: number): readonly ZoneOffset[] {
  const offsetAt = prepareOffsetAt(zone);
  const offsets: ZoneOffset[] = [];
  let startsAt = firstStart;
  let last = from;
  let current = offsetAt(from);
  while (last < to) {
    const next = Math.min(last + probeMillis, to);
    const offset = offsetAt(next);
    if (offset !== current) {
      const endsAt = findChange(offsetAt, last, next);
      offsets.push({ startsAt, endsAt, offsetSeconds: current });
      startsAt = endsAt;
      current = offset;
    }
    last = next;
  }
  return [...offsets, { startsAt, endsAt: lastEnd, offsetSeconds: current }];
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Where, within a stretch, two sets of offsets give different local times. */
export function differingStretches(before: readonly ZoneOffset[], after: readonly ZoneOffset[], within: Stretch): readonly Stretch[] {
  const edges = [...before, ...after].flatMap(({ startsAt, endsAt }) => [startsAt, endsAt]);
  const inside = edges.filter((edge) => edge > within.from && edge < within.to);
  const cuts = [within.from, ...new Set(inside.sort((one, other) => one - other)), within.to];
  const differing: Stretch[] = [];
  for (const [index, from] of cuts.entries()) {
    const to = cuts[index + 1];
    if (to === undefined || offsetIn(before, from) === offsetIn(after, from)) continue;
    const last = differing.at(-1);
    if (last?.to === from) differing[differing.length - 1] = { from: last.from, to };
    else differing.push({ from, to });
  }
  return differing;
}

function offsetIn(offsets: readonly ZoneOffset[], instant: number): number | null {
  return offsets.find(({ startsAt, endsAt }) => startsAt <= instant && instant < endsAt)?.offsetSeconds ?? null;
}
