import * as z from "zod";
import type { MessagePayload } from "../../../domain/deliver/message.ts";

const text = z.string();
const value = z.union([text, z.number(), z.null()]);

/** The event as a receiver gets it; strict, and published as schema/webhook-event.schema.json. */
export const eventSchema = z.strictObject({
  eventId: text.describe("Equal on every delivery of this event: the key to take it once."),
  eventType: z.enum(["AWARD_GRANTED", "AWARD_REVOKED", "USER_FLAIR_UPDATED", "POINTS_SET", "CHALLENGE_ADJUSTED"]),
  schemaVersion: z.literal(1),
  timestamp: text.describe("When it was decided or became true, ISO 8601; not when it was sent."),
  agentId: text.nullable().describe("gami's id of the agent."),
  source: text.nullable().describe("The platform the agent works on."),
  userId: text.nullable().describe("The agent's id on that platform."),
  flairVersion: z
    .strictObject({ epoch: z.int(), version: z.int() })
    .nullable()
    .describe("Flair only. Apply an event only if (epoch, version) is greater than what you have: events may come twice and out of order."),
  attributes: z.record(text, value).describe("What shall be shown or set. Flair: empty hides everything."),
  metadata: z.strictObject({
    sourceSystem: z.literal("gami"),
    evaluationWindow: text.nullable().describe("ISO 8601 interval of the window that earned it."),
    reason: text.nullable(),
    awardKey: text.nullable().describe("The award behind it: 'gami explain award' shows its evidence."),
    definitionId: text.nullable(),
    periodId: text.nullable(),
    ruleHash: text.nullable(),
  }),
});
export type WebhookEvent = z.output<typeof eventSchema>;

/** The same message is the same event, byte by byte. */
export function eventOf(eventId: string, payload: MessagePayload): WebhookEvent {
  const metadata = {
    sourceSystem: "gami" as const,
    evaluationWindow: null,
    reason: null,
    awardKey: null,
    definitionId: null,
    periodId: null,
    ruleHash: null,
  };
  const common = { eventId, schemaVersion: 1 as const, flairVersion: null };
  if (payload.kind === "adjustment") {
    const { challengeId, proposalId, decidedAt, wanted, expected, endsAt, reason } = payload;
    // What was seen when it was decided: a receiver that finds something else leaves it as it is.
    const seen = Object.fromEntries(Object.entries(expected).map(([name, value]) => [`expected_${name}`, value]));
    const attributes = { challengeId, proposalId, ...wanted, endsAt, ...seen };
    return {
      ...common,
      eventType: "CHALLENGE_ADJUSTED",
      timestamp: decidedAt,
      agentId: null,
      source: null,
      userId: null,
      attributes,
      metadata: { ...metadata, reason },
    };
  }
  const { agentId, source, nativeId } = payload.recipient;
  const whom = { agentId, source, userId: nativeId };
  switch (payload.kind) {
    case "award":
    case "revocation": {
      const { name, tier, entryNo, metricValue, threshold, evaluationWindow, reason, awardKey, definitionId, periodId, ruleHash } = payload;
      return {
        ...common,
        ...whom,
        eventType: payload.kind === "award" ? "AWARD_GRANTED" : "AWARD_REVOKED",
        timestamp: payload.occurredAt,
        attributes: { name, tier, entryNo, metricValue, threshold },
        metadata: { ...metadata, evaluationWindow, reason, awardKey, definitionId, periodId, ruleHash },
      };
    }
    case "flair": {
      const { epoch, version, decidedAt, flair } = payload;
      const shown = flair === null ? {} : { flair_name: flair.name, flair_tier: flair.tier, ...flair.attributes };
      const notice = flair?.notice ? { flair_ends_at: flair.notice.endsAt, flair_next: flair.notice.next } : {};
      return {
        ...common,
        ...whom,
        eventType: "USER_FLAIR_UPDATED",
        timestamp: decidedAt,
        flairVersion: { epoch, version },
        attributes: { ...shown, ...notice },
        metadata: { ...metadata, evaluationWindow: flair?.evaluationWindow ?? null, awardKey: flair?.entitlementId ?? null },
      };
    }
    case "points": {
      const { metric, workDate, pointsMilli, count } = payload;
      return {
        ...common,
        ...whom,
        eventType: "POINTS_SET",
        timestamp: `${workDate}T00:00:00.000Z`,
        attributes: { metric, workDate, pointsMilli, count },
        metadata,
      };
    }
  }
}
