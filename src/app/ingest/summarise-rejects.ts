import type { Place, Reject } from "../../ports/source.ts";

/** All records refused for one reason in one field, with the first few places and values. */
export interface RejectSummary {
  readonly reason: string;
  readonly field: string | null;
  readonly count: number;
  readonly examples: readonly { readonly place: Place; readonly value: string | null }[];
}

const maxExamples = 3;

export function createRejectSummary() {
  const summaries = new Map<
    string,
    { reason: string; field: string | null; count: number; examples: { place: Place; value: string | null }[] }
  >();
  return {
    add(place: Place, { reason, field, value }: Reject): void {
      const key = JSON.stringify([reason, field]);
      const summary = summaries.get(key) ?? { reason, field, count: 0, examples: [] };
      summaries.set(key, summary);
      summary.count += 1;
      if (summary.examples.length < maxExamples) summary.examples.push({ place, value });
    },
    /** Most frequent first. */
    list(): RejectSummary[] {
      return [...summaries.values()].sort((one, other) => other.count - one.count || one.reason.localeCompare(other.reason));
    },
  };
}
