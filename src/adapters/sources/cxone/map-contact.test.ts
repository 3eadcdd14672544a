import { expect, test } from "vitest";
import { contactSchema } from "./contact-schema.ts";
import { parseIsoDuration } from "./iso-duration.ts";
import { mapContact } from "./map-contact.ts";

const context = { businessUnitId: "77", customerKey: (identity: string) => `key of ${identity}` };
const map = (contact: unknown) => mapContact(contactSchema.parse(contact), context);

const newer = {
  contactId: 512345678901,
  masterContactId: 512345678901,
  contactStartDate: "2026-09-13T16:29:31.443Z",
  agentId: 9999991,
  skillId: 77771,
  mediaTypeId: 4,
  fromAddress: "555-555-0100",
  toAddress: "8885550199",
  isOutbound: false,
  abandoned: false,
  preQueueSeconds: 5,
  inQueueSeconds: 13,
  agentSeconds: 277,
  holdSeconds: 0,
  conferenceSeconds: 0,
  acwSeconds: 187,
  totalDurationSeconds: 295,
  transferIndicatorName: "None",
  primaryDispositionId: 93,
  lastUpdateTime: "2026-09-13T16:34:25.990Z",
};
const older = {
  contactId: "512345678901",
  masterContactId: "512345678901",
  contactStart: "2026-09-13T16:29:31.443Z",
  agentId: "9999991",
  skillId: "77771",
  mediaType: "4",
  fromAddr: "555-555-0100",
  toAddr: "8885550199",
  isOutbound: "False",
  abandoned: "False",
  preQueueSeconds: "5",
  inQueueSeconds: "13",
  agentSeconds: "277",
  holdSeconds: "0",
  confSeconds: "0",
  ACWSeconds: "187",
  totalDurationSeconds: "295",
  transferIndicatorName: "None",
  primaryDispositionId: "93",
  lastUpdateTime: "2026-09-13T16:34:25.990Z",
};

test("both field dialects give the same record", () => {
  expect(map(older)).toEqual(map(newer));
});

test("handle time is agent seconds and after-call work; the contact's total leaves the latter out", () => {
  expect(map(newer)).toMatchObject({
    interaction_id: "512345678901",
    agent_native_id: "77:9999991",
    handle_ms: 464_000,
    talk_ms: 277_000,
    after_call_ms: 187_000,
    queue_ms: 13_000,
    entered_at: Date.parse("2026-09-13T16:29:31.443Z"),
    started_at: Date.parse("2026-09-13T16:29:49.443Z"),
    ended_at: Date.parse("2026-09-13T16:34:26.443Z"),
    outcome: "answered",
    channel: "voice",
    customer_key: "key of 5555550100",
  });
});

test("a contact nobody took was abandoned and has no agent", () => {
  const abandoned = map({ ...newer, agentId: 0, abandoned: true, agentSeconds: 0, acwSeconds: 0 });
  expect(abandoned).toMatchObject({ outcome: "abandoned", agent_native_id: null, started_at: null });
});

test("an outbound contact's customer is the one who was called", () => {
  expect(map({ ...newer, isOutbound: true })).toMatchObject({ customer_key: "key of 8885550199", direction: "outbound" });
});

test("a missing measure stays missing", () => {
  const { acwSeconds: _acw, agentSeconds: _agent, ...rest } = newer;
  expect(map(rest)).toMatchObject({ handle_ms: null, talk_ms: null, after_call_ms: null });
});

test("a negative duration and a date that is none are refused", () => {
  expect(contactSchema.safeParse({ ...newer, acwSeconds: -1 }).success).toBe(false);
  expect(contactSchema.safeParse({ ...newer, contactStartDate: "2026-9-13" }).success).toBe(false);
});

test.each([
  ["P1DT19H18M29.651S", 155_909_651],
  ["PT5H48M1.139S", 20_881_139],
  ["PT0S", 0],
  ["PT7M15.643S", 435_643],
  ["PT6.15S", 6150],
  ["P2D", 172_800_000],
  ["PT", null],
  ["P", null],
  ["12:30", null],
])("the duration %s is %s ms", (text, expected) => {
  expect(parseIsoDuration(text)).toBe(expected);
});
