import { type OffsetAt, prepareOffsetAt, readClocks } from "../../../domain/zone.ts";

/** What to do with a wall-clock time that happens twice (autumn) or never (spring). */
export interface DstPolicy {
  readonly ambiguous: "earlier" | "later";
  readonly missing: "shift_forward" | "reject";
}

export interface LocalInstant {
  /** Epoch milliseconds, UTC. */
  readonly at: number;
  /** `missing`: no clock of the zone ever showed this time; it was moved forward by the gap. */
  readonly kind: "plain" | "ambiguous" | "missing";
}

/** From the wall clock of a zone (milliseconds since 1970-01-01T00:00 on that clock) to an instant; null where the policy refuses it. */
export type ReadLocalTime = (localMs: number) => LocalInstant | null;

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/**
 * The IANA rules come from Node's Intl. A day without a change of offset costs one look-up in a map;
 * only the two days a year with a change are settled per value.
 */
export function openZone(zone: string, policy: DstPolicy): ReadLocalTime {
  const offsetAt = prepareOffsetAt(zone);
  const constantOffsets = new Map<number, number | null>();
  const offsetOfDay = (day: number): number | null => {
    const cached = constantOffsets.get(day);
    if (cached !== undefined) return cached;
    const offset = constantOffset(offsetAt, day);
    // A file holds some hundred days; a hostile one with millions must not fill the memory.
    if (constantOffsets.size >= 20_000) constantOffsets.clear();
    constantOffsets.set(day, offset);
    return offset;
  };
  return (localMs) => {
    const offset = offsetOfDay(Math.floor(localMs / dayMs));
    return offset === null ? settle(localMs, offsetAt, policy) : { at: localMs - 1000 * offset, kind: "plain" };
  };
}

/** The offset in force during a whole local day and the hours around it, probed every six hours; null when it changes. */
function constantOffset(offsetAt: OffsetAt, localDay: number): number | null {
  const first = offsetAt(localDay * dayMs - 15 * hourMs);
  for (let hour = -9; hour <= 39; hour += 6) {
    if (offsetAt(localDay * dayMs + hour * hourMs) !== first) return null;
  }
  return first;
}

function settle(localMs: number, offsetAt: OffsetAt, policy: DstPolicy): LocalInstant | null {
  const time = readClocks(offsetAt, localMs);
  switch (time.kind) {
    case "plain":
      return { at: time.at, kind: "plain" };
    case "twice":
      return { at: policy.ambiguous === "earlier" ? time.first : time.last, kind: "ambiguous" };
    case "never":
      return policy.missing === "reject" ? null : { at: time.moved, kind: "missing" };
  }
}
