import {
  type AdjustmentPayload,
  type AwardPayload,
  adjustmentMessage,
  entryMessage,
  type FlairPayload,
  flairMessage,
  type MessagePayload,
  type PayloadKind,
  type PlannedMessage,
  type PointsPayload,
  pointsMessage,
  type Recipient,
  type WantedFlair,
} from "../../src/domain/deliver/message.ts";
import { awardKey } from "./decision-plans.ts";

/** Messages as decisions write them. */

export function person(nativeId: string, source = "genesys"): Recipient {
  return { agentId: `agent-${nativeId}`, source, nativeId };
}

export function anAward(recipient: Recipient, more: Partial<AwardPayload> = {}): AwardPayload {
  return {
    kind: "award",
    recipient,
    awardKey: awardKey(recipient.agentId),
    entryNo: 1,
    definitionId: "aht-gold",
    name: "AHT Gold",
    tier: "TIER_3",
    periodId: "2026-Q1",
    occurredAt: "2026-02-01T08:30:00.000Z",
    reason: "average handle time below 240 s over 30 days",
    evaluationWindow: "2026-01-02/2026-02-01",
    metricValue: "228.4",
    threshold: "240",
    ruleHash: "r1",
    ...more,
  };
}

export const goldFlair: WantedFlair = {
  name: "AHT Gold",
  tier: "TIER_3",
  attributes: { avatar_variant: "gold_shield" },
  evaluationWindow: "2026-01-02/2026-02-01",
  entitlementId: "e".repeat(64),
  notice: null,
};

export function aFlair(recipient: Recipient, version: number, flair: WantedFlair | null = goldFlair, epoch = 1): FlairPayload {
  return { kind: "flair", recipient, epoch, version, decidedAt: "2026-02-01T08:30:05.000Z", flair };
}

export function somePoints(recipient: Recipient, more: Partial<PointsPayload> = {}): PointsPayload {
  return { kind: "points", recipient, metric: "aht", workDate: "2026-02-01", pointsMilli: "12500", count: 31, ...more };
}

export function anAdjustment(more: Partial<AdjustmentPayload> = {}): AdjustmentPayload {
  return {
    kind: "adjustment",
    decidedAt: "2026-02-02T06:00:00.000Z",
    challengeId: "c-1-quality",
    proposalId: "p-1",
    expected: {},
    wanted: { multiplier: 1.2 },
    endsAt: null,
    reason: "two weeks below the trigger",
    ...more,
  };
}

/** One of each kind about a person; the same again for the same person. */
export function payloadOf(kind: PayloadKind, recipient: Recipient): MessagePayload {
  switch (kind) {
    case "award":
      return anAward(recipient);
    case "revocation":
      return anAward(recipient, { kind: "revocation", entryNo: 2, reason: "late data: 251.0 s" });
    case "flair":
      return aFlair(recipient, 1);
    case "points":
      return somePoints(recipient);
    case "adjustment":
      return anAdjustment();
  }
}

export function planned(payload: MessagePayload, host: string): PlannedMessage {
  switch (payload.kind) {
    case "award":
    case "revocation":
      return entryMessage(payload, { host });
    case "flair":
      return flairMessage(payload, { host });
    case "points":
      return pointsMessage(payload, { host });
    case "adjustment":
      return adjustmentMessage(payload, { host });
  }
}

/** As the relay hands it to a host. */
export function outgoing(payload: MessagePayload, host = "the-host") {
  return { ...planned(payload, host), attempts: 1 };
}
