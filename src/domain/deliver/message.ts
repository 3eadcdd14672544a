import { businessKey } from "../business-key.ts";

/**
 * What goes outward, in gami's own words; the host's adapter translates. A message is written with the decision it follows
 * from and carries everything the host needs, so that the relay reads nothing but the outbox.
 */

/** Whom a host knows a person as. A host of one platform is told about agents of that source only. */
export interface Recipient {
  readonly agentId: string;
  /** `genesys`, `cxone`, `csv:<name>`. */
  readonly source: string;
  readonly nativeId: string;
}

/** What a profile shows, as an entitlement keeps it (JSON text in `FlairEntitlement.flair`). */
export interface FlairContent {
  /** What people read: "AHT Gold". */
  readonly name: string;
  readonly tier: string | null;
  /** Names and values for whoever renders it: `{ "avatar_variant": "gold_shield" }`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** ISO 8601 interval of the window that earned it. */
  readonly evaluationWindow: string | null;
}

/** The flair chosen for an agent, with the award that can be looked up behind it (JSON text in `FlairVersion.wanted`). */
export interface WantedFlair extends FlairContent {
  /** The award key. */
  readonly entitlementId: string;
  /** Set while the end of the entitlement is near: what ends when, and what will be shown then. */
  readonly notice: { readonly endsAt: string; readonly next: string | null } | null;
}

export interface AwardPayload {
  readonly kind: "award" | "revocation";
  readonly recipient: Recipient;
  readonly awardKey: string;
  readonly entryNo: number;
  readonly definitionId: string;
  /** Name of the definition, for people. */
  readonly name: string;
  readonly tier: string | null;
  readonly periodId: string;
  /** ISO instant at which it became true. */
  readonly occurredAt: string;
  /** Human text: "average handle time below 240 s over 30 days". */
  readonly reason: string;
  readonly evaluationWindow: string | null;
  /** Plain decimals. */
  readonly metricValue: string | null;
  readonly threshold: string | null;
  readonly ruleHash: string;
}

export interface FlairPayload {
  readonly kind: "flair";
  readonly recipient: Recipient;
  readonly epoch: number;
  readonly version: number;
  /** ISO instant of the decision. */
  readonly decidedAt: string;
  /** Null hides what is shown. */
  readonly flair: WantedFlair | null;
}

/** Points of one agent, metric and work date: the whole of that day, so that sending it twice changes nothing. */
export interface PointsPayload {
  readonly kind: "points";
  readonly recipient: Recipient;
  readonly metric: string;
  /** `YYYY-MM-DD` */
  readonly workDate: string;
  /** Thousandths, as text. */
  readonly pointsMilli: string;
  readonly count: number | null;
}

export type SettingValue = number | string | null;

/** A challenge's settings as they shall be: absolute values, and what was seen when it was decided. */
export interface AdjustmentPayload {
  readonly kind: "adjustment";
  /** ISO instant of the decision. */
  readonly decidedAt: string;
  readonly challengeId: string;
  readonly proposalId: string;
  /** The platform's values the decision (and its approval) was bound to. */
  readonly expected: Readonly<Record<string, SettingValue>>;
  readonly wanted: Readonly<Record<string, SettingValue>>;
  /** Until when it shall hold, ISO 8601: a host that can is told the end with the start, and behind it nothing is told. Null for ever. */
  readonly endsAt: string | null;
  readonly reason: string;
}

export type MessagePayload = AwardPayload | FlairPayload | PointsPayload | AdjustmentPayload;
export type PayloadKind = MessagePayload["kind"];

/** A message to be written into the outbox. */
export interface PlannedMessage {
  readonly idempotencyKey: string;
  readonly host: string;
  readonly kind: PayloadKind;
  readonly subjectId: string;
  readonly priority: number;
  readonly notBefore: number | null;
  readonly version: number | null;
  readonly payload: string;
}

/** Higher goes first. What takes something away goes before what gives: some hosts cap how many marks one profile may hold. */
export const priorities = { revocation: 90, hide: 80, adjustment: 70, award: 60, show: 50, points: 20 } as const;

export interface MessageOptions {
  readonly host: string;
  readonly notBefore?: number | null;
}

/** The entry's own, another one for each host, and equal on every retry. */
export function entryKey(host: string, { awardKey, entryNo }: Pick<AwardPayload, "awardKey" | "entryNo">): string {
  return businessKey("message", host, awardKey, String(entryNo));
}

/** A message about one ledger entry. */
export function entryMessage(payload: AwardPayload, { host, notBefore = null }: MessageOptions): PlannedMessage {
  return {
    idempotencyKey: entryKey(host, payload),
    host,
    kind: payload.kind,
    subjectId: payload.recipient.agentId,
    priority: payload.kind === "revocation" ? priorities.revocation : priorities.award,
    notBefore,
    version: null,
    payload: JSON.stringify(payload),
  };
}

export function flairMessage(payload: FlairPayload, { host, notBefore = null }: MessageOptions): PlannedMessage {
  const { recipient, epoch, version } = payload;
  return {
    idempotencyKey: businessKey("flair", host, recipient.agentId, String(epoch), String(version)),
    host,
    kind: "flair",
    subjectId: recipient.agentId,
    priority: payload.flair === null ? priorities.hide : priorities.show,
    // Nobody is left with a mark that is not theirs until the next schedule is published.
    notBefore: payload.flair === null ? null : notBefore,
    version,
    payload: JSON.stringify(payload),
  };
}

export function adjustmentMessage(payload: AdjustmentPayload, { host, notBefore = null }: MessageOptions): PlannedMessage {
  return {
    idempotencyKey: businessKey("adjustment", host, payload.challengeId, payload.proposalId),
    host,
    kind: "adjustment",
    subjectId: payload.challengeId,
    priority: priorities.adjustment,
    notBefore,
    version: null,
    payload: JSON.stringify(payload),
  };
}

/** The points of a day may be restated: the amount is part of the key, or a correction would pass for a repetition. */
export function pointsMessage(payload: PointsPayload, { host, notBefore = null }: MessageOptions): PlannedMessage {
  const { recipient, metric, workDate, pointsMilli, count } = payload;
  return {
    idempotencyKey: businessKey("points", host, recipient.agentId, metric, workDate, pointsMilli, String(count ?? "")),
    host,
    kind: "points",
    subjectId: recipient.agentId,
    priority: priorities.points,
    notBefore,
    version: null,
    payload: JSON.stringify(payload),
  };
}
