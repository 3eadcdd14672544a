import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { aFlair, anAdjustment, anAward, goldFlair, person, somePoints } from "../../../../test/support/outgoing.ts";
import { eventOf, eventSchema } from "./event.ts";
import { eventJsonSchema } from "./event-json-schema.ts";
import { signEvent } from "./sign.ts";

const someone = person("u1");

test("schema/webhook-event.schema.json is what events are; write it with 'npx node scripts/write-webhook-schema.mjs'", () => {
  expect(readFileSync("schema/webhook-event.schema.json", "utf8")).toBe(eventJsonSchema());
});

test("[T14] every event fits the strict schema, and one field more does not", () => {
  const payloads = [
    anAward(someone),
    anAward(someone, { kind: "revocation" }),
    aFlair(someone, 3),
    aFlair(someone, 4, null),
    somePoints(someone),
    anAdjustment(),
  ];
  for (const payload of payloads) {
    const event = eventOf("e1", payload);
    expect(eventSchema.parse(event)).toEqual(event);
    expect(eventSchema.safeParse({ ...event, more: 1 }).success).toBe(false);
  }
});

test("[T90] [S3-R35] [S3-R36] a flair event carries its id, user, version, attributes and window", () => {
  expect(eventOf("e1", aFlair(someone, 7, { ...goldFlair, notice: { endsAt: "2026-04-01T00:00:00.000Z", next: null } }, 2))).toEqual({
    eventId: "e1",
    eventType: "USER_FLAIR_UPDATED",
    schemaVersion: 1,
    timestamp: "2026-02-01T08:30:05.000Z",
    agentId: "agent-u1",
    source: "genesys",
    userId: "u1",
    flairVersion: { epoch: 2, version: 7 },
    attributes: {
      flair_name: "AHT Gold",
      flair_tier: "TIER_3",
      avatar_variant: "gold_shield",
      flair_ends_at: "2026-04-01T00:00:00.000Z",
      flair_next: null,
    },
    metadata: {
      sourceSystem: "gami",
      evaluationWindow: "2026-01-02/2026-02-01",
      reason: null,
      awardKey: goldFlair.entitlementId,
      definitionId: null,
      periodId: null,
      ruleHash: null,
    },
  });
});

test("[S3-R57] [S3-R58] an award event names award, window, value, threshold and rule", () => {
  expect(eventOf("e2", anAward(someone))).toMatchObject({
    eventType: "AWARD_GRANTED",
    attributes: { metricValue: "228.4", threshold: "240" },
    metadata: { evaluationWindow: "2026-01-02/2026-02-01", definitionId: "aht-gold", periodId: "2026-Q1", ruleHash: "r1" },
  });
});

test("an event is signed as standardwebhooks.com says: its published example", () => {
  const signed = signEvent(
    ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    '{"test": 2432232314}',
    1_614_265_330_000,
  );
  expect(signed).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});
