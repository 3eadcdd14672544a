/** A version of a definition as it was written down: for which time it says it holds, and when it was first decided by. */
export interface RecordedVersion {
  readonly definitionId: string;
  /** Epoch milliseconds. */
  readonly validFrom: number;
  /** Exclusive; null without end. */
  readonly validTo: number | null;
  readonly recordedAt: number;
}

/**
 * The time in which each version really decided, so that no two versions of one definition hold at once: a definition that
 * was edited in place is two versions that claim the same time, and the later one took over when it was first decided by.
 */
export function versionsInForce<T extends RecordedVersion>(versions: readonly T[]): T[] {
  const byDefinition = Map.groupBy(versions, ({ definitionId }) => definitionId);
  return [...byDefinition.values()].flatMap((ofOne) => {
    const inOrder = ofOne.toSorted((one, other) => one.recordedAt - other.recordedAt || one.validFrom - other.validFrom);
    return inOrder.reduce<T[]>((standing, next) => {
      const takesOver = standing.some((one) => overlaps(one, next)) ? Math.max(next.validFrom, next.recordedAt) : next.validFrom;
      const cut = standing.map((one) =>
        overlaps(one, next) ? { ...one, validTo: Math.max(one.validFrom, Math.min(endOf(one), takesOver)) } : one,
      );
      return [...cut, { ...next, validFrom: Math.min(takesOver, endOf(next)) }];
    }, []);
  });
}

function overlaps(one: RecordedVersion, other: RecordedVersion): boolean {
  return one.validFrom < endOf(other) && other.validFrom < endOf(one);
}

function endOf({ validTo }: RecordedVersion): number {
  return validTo ?? Number.POSITIVE_INFINITY;
}
