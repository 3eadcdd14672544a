import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as z from "zod";
import { requireOrSkip, sharedData } from "../../../../test/support/require.ts";
import type { CanonicalRecord } from "../../../domain/records/record.ts";
import { conversationMapping } from "./conversation-job.ts";
import { type Conversation, conversationSchema } from "./conversation-schema.ts";
import { countDrift } from "./drift.ts";
import { mapConversation } from "./map-conversation.ts";
import { itemsOf } from "./page-items.ts";
import { pseudonymWith } from "./scrub.ts";

const hasData = requireOrSkip("data");
const read = (path: string): unknown => (hasData ? JSON.parse(readFileSync(sharedData("genesys", path), "utf8")) : { conversations: [] });
const context = { customerKey: (identity: string) => `key of ${identity}` };

function recorded(): Conversation[] {
  const content = read("developer-tools-2016/conversations.json");
  return conversationSchema.array().parse(Object.values(content ?? {})[0]);
}
const interactions = (conversations: readonly Conversation[]) =>
  conversations
    .flatMap((conversation) => mapConversation(conversation, context))
    .filter(({ stream }) => stream === "interaction")
    .map(({ record }) => record);

test.runIf(hasData)("25 recorded conversations give 27 agent parts, of which 25 were interactions", () => {
  const parts = interactions(recorded());
  expect(parts).toHaveLength(27);
  expect(parts.filter(({ started_at }) => started_at !== null)).toHaveLength(25);
  expect(parts.filter(({ flags }) => flags === "never_interacted")).toHaveLength(2);
});

test.runIf(hasData)("each agent's talk, hold and after-call work are those of his segments", () => {
  const totals: Record<string, number[]> = {};
  for (const { agent_native_id, talk_ms, hold_ms, after_call_ms } of interactions(recorded())) {
    const before = totals[String(agent_native_id)] ?? [0, 0, 0, 0];
    totals[String(agent_native_id)] = [
      (before[0] ?? 0) + (talk_ms === null ? 0 : 1),
      (before[1] ?? 0) + Number(talk_ms),
      (before[2] ?? 0) + Number(hold_ms),
      (before[3] ?? 0) + Number(after_call_ms),
    ];
  }
  expect(totals).toEqual({
    "cd707b2b-4dc8-4d88-9750-b1f412ef67e6": [17, 44_574_912, 0, 0],
    "6d8e95ea-0735-4410-ba17-d987a6f5ed74": [4, 4_080_782, 0, 3_108_000],
    "8c88c7f8-b6ba-4761-b2e5-4ae4425a3991": [2, 33_552, 0, 44_000],
    "6e5a2c20-84fa-4ec6-9cb1-cd4a53fe235b": [2, 21_271_952, 169_428, 0],
  });
});

test.runIf(hasData)("a skipped preview is a contact, not handled work", () => {
  const skipped = interactions(recorded()).filter(({ flags }) => String(flags).includes("preview_skipped"));
  expect(skipped).toHaveLength(19);
  expect(new Set(skipped.map(({ outcome }) => outcome))).toEqual(new Set(["other"]));
});

test.runIf(hasData)("an outbound call's user participant is no agent, and a chat has no queue", () => {
  const parts = interactions(recorded());
  expect(parts.some(({ agent_native_id }) => String(agent_native_id).startsWith("d787f85c"))).toBe(false);
  expect(parts.filter(({ channel }) => channel === "chat").map(({ queue_native_id }) => queue_native_id)).toEqual([null, null, null, null]);
});

test.runIf(hasData)("[G9] [T81] [S2-R18] the platform's handle time is the sum of its parts", () => {
  const [part] = interactions([conversationSchema.parse(read("conversation-sql/conversation1.json"))]);
  expect(part).toMatchObject({
    handle_ms: 918_737,
    talk_ms: 374_561,
    hold_ms: 544_176,
    after_call_ms: null,
    queue_ms: 11_179,
    outcome: "answered",
    is_primary_agent: true,
  });
});

test.runIf(hasData)("a conversation with dates that lack a zero is refused, not guessed", () => {
  const parsed = conversationSchema.safeParse(read("conversation-sql/conversation2.json"));
  expect(parsed.success).toBe(false);
  expect(parsed.error?.issues[0]?.path.join(".")).toContain("segment");
});

test("a contact that left the queue was abandoned, one that never reached a queue was not", () => {
  const base = { conversationId: "c", conversationStart: "2026-01-01T10:00:00.000Z" };
  const segments = [{ segmentType: "interact", segmentStart: "2026-01-01T10:00:00Z", segmentEnd: "2026-01-01T10:01:00Z", queueId: "q" }];
  const queued = conversationSchema.parse({ ...base, participants: [{ participantId: "p", purpose: "acd", sessions: [{ segments }] }] });
  expect(interactions([queued])[0]).toMatchObject({ outcome: "abandoned", agent_native_id: null, segment_id: "0", queue_ms: 60_000 });
  expect(interactions([conversationSchema.parse(base)])[0]).toMatchObject({ outcome: "other" });
});

test("an evaluation that was deleted is none, though the conversation still tells of it", () => {
  const evaluation = { evaluationId: "e", oTotalScore: 92.5, eventTime: "2026-01-03T09:00:00Z" };
  const scored = (deleted: boolean) =>
    mapConversation(
      conversationSchema.parse({
        conversationId: "c",
        conversationStart: "2026-01-01T10:00:00.000Z",
        evaluations: [{ ...evaluation, deleted }],
      }),
      context,
    ).filter(({ stream }) => stream === "evaluation");
  expect([scored(false).length, scored(true).length]).toEqual([1, 0]);
});

test("evaluations and surveys in a conversation keep its id, and a customer's number only its pseudonym", () => {
  const mapped = mapConversation(
    conversationSchema.parse({
      conversationId: "c",
      conversationStart: "2026-01-01T10:00:00.000Z",
      participants: [
        { participantId: "p", purpose: "customer", sessions: [{ direction: "inbound", ani: "tel:+15550100007", mediaType: "voice" }] },
      ],
      evaluations: [{ evaluationId: "e", userId: "u", oTotalScore: 92.5, eventTime: "2026-01-03T09:00:00Z", released: true }],
      surveys: [
        { surveyId: "s", userId: "u", oSurveyTotalScore: 88, surveyStatus: "Finished", surveyCompletedDate: "2026-01-01T18:00:00Z" },
      ],
    }),
    context,
  );
  expect(mapped.find(({ stream }) => stream === "evaluation")?.record).toMatchObject({
    interaction_id: "c",
    score_milli: 92_500,
    max_score_milli: 100_000,
  });
  expect(mapped.find(({ stream }) => stream === "survey")?.record).toMatchObject({ interaction_id: "c", score_milli: 88_000 });
  expect(mapped[0]?.record.customer_key).toBe("key of +15550100007");
});

test.runIf(hasData)("recorded conversations come through the boundary as they are mapped, without a number of anybody", () => {
  const content = read("developer-tools-2016/conversations.json");
  const raw: unknown = Object.values(content ?? {})[0];
  const boundary = { pseudonym: pseudonymWith(Buffer.alloc(32, 1)), personalData: "hmac" as const, drift: countDrift("conversations") };
  const items = itemsOf(Array.isArray(raw) ? raw : [], "page", boundary, conversationMapping);
  const withoutKey = (record: CanonicalRecord) => ({ ...record, customer_key: null });
  const records = items.flatMap((item) => (item.kind === "record" && item.stream === "interaction" ? [withoutKey(item.record)] : []));
  expect(records).toEqual(interactions(recorded()).map(withoutKey));
  expect(items.map(({ payload }) => payload).join("")).not.toMatch(/tel:\+?\d{5}|sip:\+?\d{5}/);
});

test.runIf(hasData)(
  "what the vendor pushes over EventBridge is no conversation: an event is refused by what it lacks, never read by half",
  () => {
    const files = ["start-event", "end-event", "end-event-no-external-contact-id"].map(
      (name) => `aws-event-bridge-conversation-${name}.json`,
    );
    const pushed = [...files, "aws-event-bridge-non-conversation-event.json"].map((name) => read(`event-streaming/${name}`));
    const bodies = pushed.map((event) => z.object({ detail: z.object({ eventBody: z.unknown() }) }).parse(event).detail.eventBody);
    const boundary = { pseudonym: pseudonymWith(Buffer.alloc(32, 1)), personalData: "hmac" as const, drift: countDrift("conversations") };
    const reasons = (records: readonly unknown[]) =>
      itemsOf(records, "page", boundary, conversationMapping).map((item) => (item.kind === "reject" ? item.reject : item.kind));
    expect(reasons(pushed)).toEqual(pushed.map(() => ({ reason: "missing_field", field: "conversationId", value: null })));
    // The body has the conversation's id, and neither its beginning nor its agent.
    expect(reasons(bodies)).toEqual(bodies.map(() => ({ reason: "missing_field", field: "conversationStart", value: null })));
  },
);

test.runIf(hasData)("the malformed conversation goes to quarantine with the field at fault and its payload", () => {
  const boundary = { pseudonym: pseudonymWith(Buffer.alloc(32, 1)), personalData: "hmac" as const, drift: countDrift("conversations") };
  const items = itemsOf([read("conversation-sql/conversation2.json")], "page", boundary, conversationMapping);
  expect(items).toMatchObject([{ kind: "reject", reject: { reason: "unreadable_field", value: expect.stringMatching(/^"2021-04-2T/) } }]);
  expect(items[0]?.payload).toContain("6acbee65-80be-4777-be03-8dacd07ee3f9");
});
