import type { FlairContent, WantedFlair } from "./message.ts";

/** A right to show something, from an award; what is shown is the best of those in force (T92). */
export interface FlairEntitlement {
  /** The award key it comes from. */
  readonly entitlementId: string;
  readonly agentId: string;
  readonly priorityClass: number;
  /** Higher shows before lower. */
  readonly tierRank: number;
  readonly earnedAt: number;
  readonly validFrom: number;
  /** Exclusive; null for ever. */
  readonly validTo: number | null;
  /** A FlairContent as JSON text. */
  readonly flair: string;
  /** Set by a later reversal. */
  readonly revokedAt: number | null;
}

export function isInForce({ validFrom, validTo, revokedAt }: FlairEntitlement, at: number): boolean {
  return validFrom <= at && (validTo === null || at < validTo) && (revokedAt === null || at < revokedAt);
}

/**
 * What is shown: the greatest of the entitlements in force by priority class, tier, when it was earned, id. The order in
 * which pipelines wrote them does not come in, so a campaign cannot overwrite a milestone by being late [T92].
 */
export function bestEntitlement(entitlements: readonly FlairEntitlement[], at: number): FlairEntitlement | null {
  let best: FlairEntitlement | null = null;
  for (const one of entitlements) if (isInForce(one, at) && (best === null || compare(one, best) > 0)) best = one;
  return best;
}

function compare(one: FlairEntitlement, other: FlairEntitlement): number {
  return (
    one.priorityClass - other.priorityClass ||
    one.tierRank - other.tierRank ||
    one.earnedAt - other.earnedAt ||
    (one.entitlementId < other.entitlementId ? -1 : 1)
  );
}

/** The flair of an agent at an instant; shortly before it ends, with a notice of what comes then [T97]. */
export function wantedFlair(entitlements: readonly FlairEntitlement[], at: number, noticeMs: number): WantedFlair | null {
  const best = bestEntitlement(entitlements, at);
  if (best === null) return null;
  const { name, tier, attributes, evaluationWindow } = contentOf(best);
  const isEnding = best.validTo !== null && best.validTo - at <= noticeMs;
  const notice = isEnding && best.validTo !== null ? noticeOf(entitlements, best.validTo) : null;
  return { name, tier, attributes: sorted(attributes), evaluationWindow, entitlementId: best.entitlementId, notice };
}

function noticeOf(entitlements: readonly FlairEntitlement[], endsAt: number): WantedFlair["notice"] {
  const next = bestEntitlement(entitlements, endsAt);
  return { endsAt: new Date(endsAt).toISOString(), next: next === null ? null : contentOf(next).name };
}

function contentOf({ flair }: FlairEntitlement): FlairContent {
  const content: FlairContent = JSON.parse(flair);
  return content;
}

/** Equal flair is equal text. */
function sorted(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
