import type { KnownFlair } from "./plan-flair.ts";

/** What a host shows of one agent, in gami's own namespace. */
export type Shown =
  /** The host does not know this person (any more). */
  | { readonly kind: "unknown" }
  | {
      readonly kind: "known";
      readonly attributes: Readonly<Record<string, string>>;
      /** Null where no version stands there. */
      readonly epoch: number | null;
      readonly version: number | null;
    };

/** Where the outbox stands with the wanted version. */
export type OutboxState = "none" | "waiting" | "stuck";

export const divergenceCauses = {
  missing: "the host shows nothing, though it was told",
  older: "the host shows an older version",
  newer: "the host shows a newer version than this store knows: it was restored, or somebody else writes",
  edited: "somebody changed the attributes on the host",
  leftover: "the host shows flair that nobody is entitled to",
  stuck: "the message is dead or held; the platform shows what it showed before",
} as const;
export type DivergenceCause = keyof typeof divergenceCauses;

export type Comparison =
  | { readonly kind: "equal" | "waiting" | "unknown" }
  | { readonly kind: "diverged"; readonly cause: DivergenceCause; readonly isSent: boolean };

export interface Compared {
  readonly known: KnownFlair | null;
  /** What the host would show if it had the wanted version; empty for nothing. */
  readonly wanted: Readonly<Record<string, string>>;
  readonly shown: Shown;
  readonly outbox: OutboxState;
}

/** Compares wanted with shown. What is on its way is waited for; what is stuck is told and left to `gami outbox replay`. */
export function compareFlair({ known, wanted, shown, outbox }: Compared): Comparison {
  if (shown.kind === "unknown") return { kind: "unknown" };
  if (sameAttributes(wanted, shown.attributes)) return { kind: "equal" };
  if (outbox === "waiting") return { kind: "waiting" };
  if (outbox === "stuck") return { kind: "diverged", cause: "stuck", isSent: false };
  return { kind: "diverged", cause: causeOf(known, shown), isSent: true };
}

function causeOf(known: KnownFlair | null, shown: Extract<Shown, { kind: "known" }>): DivergenceCause {
  if (Object.keys(shown.attributes).length === 0) return "missing";
  const order = compareVersions(shown, known ?? { epoch: 0, version: 0 });
  if (order > 0 && known !== null) return "newer";
  if ((known?.wanted ?? null) === null) return "leftover";
  return order < 0 ? "older" : "edited";
}

export interface Versioned {
  readonly epoch: number | null;
  readonly version: number | null;
}

/** By epoch, then by version; without one counts as before all. */
export function compareVersions(one: Versioned, other: Versioned): number {
  return (one.epoch ?? -1) - (other.epoch ?? -1) || (one.version ?? -1) - (other.version ?? -1);
}

function sameAttributes(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

/**
 * The version that goes over what is shown, if this store may give it: the next one of its own, or any in a later epoch.
 * Null where the host shows a version this store never gave: whoever wrote it would win again.
 */
export function versionAfter(
  known: Pick<KnownFlair, "epoch" | "version"> | null,
  shown: Versioned,
  epoch: number,
): { readonly epoch: number; readonly version: number } | null {
  const current = Math.max(epoch, known?.epoch ?? 0);
  const next = { epoch: current, version: (known?.version ?? 0) + 1 };
  if (compareVersions(shown, next) < 0) return next;
  const isFree = known === null || current > known.epoch;
  return isFree && shown.epoch === current ? { epoch: current, version: (shown.version ?? 0) + 1 } : null;
}
