import * as z from "zod";
import type { MessagePayload } from "../../domain/deliver/message.ts";

const text = z.string();
const recipient = z.object({ agentId: text, source: text, nativeId: text.min(1) });
const flair = z.object({
  name: text,
  tier: text.nullable(),
  attributes: z.record(text, text),
  evaluationWindow: text.nullable(),
  entitlementId: text,
  notice: z.object({ endsAt: text, next: text.nullable() }).nullable(),
});
const award = {
  recipient,
  awardKey: text,
  entryNo: z.int(),
  definitionId: text,
  name: text,
  tier: text.nullable(),
  periodId: text,
  occurredAt: text,
  reason: text,
  evaluationWindow: text.nullable(),
  metricValue: text.nullable(),
  threshold: text.nullable(),
  ruleHash: text,
};
const settings = z.record(text, z.union([z.number(), text, z.null()]));

const payloadSchema: z.ZodType<MessagePayload> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("award"), ...award }),
  z.object({ kind: z.literal("revocation"), ...award }),
  z.object({ kind: z.literal("flair"), recipient, epoch: z.int(), version: z.int(), decidedAt: text, flair: flair.nullable() }),
  z.object({ kind: z.literal("points"), recipient, metric: text, workDate: text, pointsMilli: text, count: z.int().nullable() }),
  z.object({
    kind: z.literal("adjustment"),
    decidedAt: text,
    challengeId: text,
    proposalId: text,
    expected: settings,
    wanted: settings,
    // A message written before boosts had an end in them.
    endsAt: z._default(text.nullable(), null),
    reason: text,
  }),
]);

/** The payload of a message; null when it is none that this version of gami writes. */
export function parsePayload(content: string): MessagePayload | null {
  try {
    return payloadSchema.safeParse(JSON.parse(content)).data ?? null;
  } catch {
    return null;
  }
}
