import type { KnownFlair } from "./plan-flair.ts";
import type { OutboxState } from "./reconcile-flair.ts";

/**
 * Derived from versions, never read from the record it speaks of: a write that failed leaves the old values and the old
 * status side by side, and the status then lies [T88].
 */
export type SyncStatus = "COMMITTED" | "PENDING" | "OUT_OF_SYNC";

export function syncStatus(
  { version, deliveredVersion }: Pick<KnownFlair, "version" | "deliveredVersion">,
  outbox: OutboxState,
): SyncStatus {
  if (deliveredVersion !== null && deliveredVersion >= version) return "COMMITTED";
  return outbox === "waiting" ? "PENDING" : "OUT_OF_SYNC";
}

export interface Rendering {
  readonly status: SyncStatus;
  /** A WantedFlair as JSON text; null is the neutral rendering: no mark, no frame. */
  readonly flair: string | null;
}

/** What a consumer may show: the flair once it is committed, else nothing that may be wrong. */
export function renderingOf(known: Pick<KnownFlair, "version" | "deliveredVersion" | "wanted">, outbox: OutboxState): Rendering {
  const status = syncStatus(known, outbox);
  return { status, flair: status === "COMMITTED" ? known.wanted : null };
}
