import { expect, test } from "vitest";
import { prepareCheckDeletion, prepareCheckRecord } from "./invariants.ts";
import { type CanonicalRecord, emptyRecord } from "./record.ts";
import { type StreamName, streamDefinition } from "./streams.ts";

function check(stream: StreamName, columns: Readonly<Record<string, unknown>>) {
  // A mapper may break its promise about types: that is what the boundary is for.
  const record: CanonicalRecord = JSON.parse(JSON.stringify({ ...emptyRecord(stream), ...columns }));
  const fault = prepareCheckRecord(streamDefinition(stream))(record);
  return fault === null ? "fine" : `${fault.reason} ${fault.field}`;
}

const call = { interaction_id: "i1", agent_native_id: "a1" };
const cost = { cost_id: "k", kind: "licence", incurred_on: "2026-03-01", amount_minor: 10_000 };
const event = { event_id: "e", occurred_at: Date.parse("2026-03-01T10:00:00Z") };
const at = (text: string) => Date.parse(text);

test("[G9] handle time is the sum of its parts: 180 + 15 + 50 = 245 passes, 246 is refused", () => {
  const parts = { ...call, talk_ms: 180_000, hold_ms: 15_000, after_call_ms: 50_000 };
  expect(check("interaction", { ...parts, handle_ms: 245_000 })).toBe("fine");
  expect(check("interaction", { ...parts, handle_ms: 246_000 })).toBe("handle_mismatch handle_ms");
});

test("handle time without any part is taken as it is, and parts without a handle time are refused", () => {
  expect(check("interaction", { ...call, handle_ms: 5 })).toBe("fine");
  expect(check("interaction", { ...call, talk_ms: 5 })).toBe("handle_mismatch handle_ms");
});

const faults: readonly (readonly [StreamName, Readonly<Record<string, unknown>>, string])[] = [
  ["interaction", { ...call, interaction_id: null }, "missing_key interaction_id"],
  ["interaction", { ...call, interaction_id: "" }, "bad_id interaction_id"],
  ["interaction", { ...call, interaction_id: "x".repeat(257) }, "bad_id interaction_id"],
  ["interaction", { ...call, interaction_id: "a\u0000b" }, "bad_id interaction_id"],
  ["interaction", { ...call, interaction_id: "a\u0085b" }, "bad_id interaction_id"],
  ["interaction", { ...call, interaction_id: 5 }, "bad_id interaction_id"],
  ["interaction", { ...call, talk_ms: 1.5, handle_ms: 1.5 }, "not_integer talk_ms"],
  ["interaction", { ...call, talk_ms: "5" }, "not_integer talk_ms"],
  ["interaction", { ...call, priority: 2 ** 53 }, "not_integer priority"],
  ["interaction", { ...call, talk_ms: -1, handle_ms: -1 }, "negative_duration talk_ms"],
  ["interaction", { ...call, started_at: "2024-01-01" }, "bad_instant started_at"],
  ["interaction", { ...call, started_at: at("1899-12-31T23:59:59Z") }, "bad_instant started_at"],
  ["interaction", { ...call, started_at: at("9999-01-01T00:00:00Z") }, "bad_instant started_at"],
  ["interaction", { ...call, started_at: at("1969-12-31T23:59:59Z") }, "bad_instant started_at"],
  ["interaction", { ...call, entered_at: at("2070-01-01T00:00:00Z") }, "bad_instant entered_at"],
  ["gamification_event", { ...event, occurred_at: at("1900-01-01T00:00:00Z") }, "bad_instant occurred_at"],
  ["evaluation", { evaluation_id: "e", evaluated_at: at("1900-01-01T00:00:00Z") }, "bad_instant evaluated_at"],
  ["survey", { survey_id: "s", answered_at: at("1900-01-01T00:00:00Z") }, "bad_instant answered_at"],
  ["adherence", { agent_native_id: "a", starts_at: at("1900-01-01T00:00:00Z") }, "bad_instant starts_at"],
  ["shift", { shift_native_id: "s", starts_at: at("2070-01-01T00:00:00Z") }, "bad_instant starts_at"],
  ["performance_day", { agent_native_id: "a", work_date: "1900-01-01" }, "bad_date work_date"],
  ["interaction", { ...call, entered_at: 10, started_at: 9 }, "out_of_order started_at"],
  ["interaction", { ...call, entered_at: 10, ended_at: 9 }, "out_of_order ended_at"],
  ["interaction", { ...call, outcome: "ANSWERED" }, "unknown_value outcome"],
  ["interaction", { ...call, is_primary_agent: "yes" }, "not_boolean is_primary_agent"],
  ["interaction", { ...call, channel: 3 }, "not_text channel"],
  ["agent", { agent_native_id: "a", zone: "Mars/Olympus" }, "unknown_zone zone"],
  ["agent", { agent_native_id: "a", zone: "+02:00" }, "unknown_zone zone"],
  ["agent", { agent_native_id: "a", hired_on: "2023-02-29" }, "bad_date hired_on"],
  ["agent", { agent_native_id: "a", hired_on: "2023-2-9" }, "bad_date hired_on"],
  ["evaluation", { evaluation_id: "e", score_milli: 101_000, max_score_milli: 100_000 }, "out_of_scale score_milli"],
  ["survey", { survey_id: "s", score_milli: 0, scale_min_milli: 1000, scale_max_milli: 5000 }, "out_of_scale score_milli"],
  ["gamification_event", { ...event, engagement_ppm: -1 }, "negative_engagement engagement_ppm"],
  ["gamification_event", { ...event, occurred_at: null }, "missing_value occurred_at"],
  ["gamification_event", { ...event, points_milli: 1_000_000_000_001 }, "too_many_points points_milli"],
  ["gamification_event", { ...event, points_milli: -1_000_000_000_001 }, "too_many_points points_milli"],
  ["badge", { badge_native_id: "b", criteria: "{nope" }, "bad_json criteria"],
  ["cost", { ...cost, incurred_on: null }, "missing_value incurred_on"],
  ["cost", { ...cost, kind: null }, "missing_value kind"],
  ["cost", { ...cost, amount_minor: null }, "missing_value amount_minor"],
  ["shift", { shift_native_id: "s", starts_at: 5, ends_at: 4 }, "out_of_order ends_at"],
];

test.each(faults)("a %s with %j is refused: %s", (stream, columns, expected) => {
  expect(check(stream, columns)).toBe(expected);
});

const good: readonly (readonly [StreamName, Readonly<Record<string, unknown>>])[] = [
  ["interaction", { interaction_id: "i9876543-21fe", agent_native_id: null }],
  ["interaction", { interaction_id: "🦄".repeat(100), entered_at: 5, started_at: 5, ended_at: 5, queue_ms: -3 }],
  ["agent", { agent_native_id: "usr_7g8h", zone: "Asia/Calcutta", hired_on: "2024-02-29" }],
  ["gamification_event", { ...event, engagement_ppm: 1_500_000 }],
  ["gamification_event", { ...event, points_milli: -1_000_000_000_000 }],
  ["interaction", { ...call, entered_at: at("1970-01-01T00:00:00Z"), started_at: at("2069-12-31T23:59:59Z") }],
  ["agent", { agent_native_id: "a", hired_on: "1961-05-02" }],
  ["badge", { badge_native_id: "b", criteria: '{"points": 5}' }],
  ["cost", { ...cost, amount_minor: -5 }],
];

test.each(good)("[T103] a %s with %j passes: ids are opaque, and overlap may push engagement above one", (stream, columns) => {
  expect(check(stream, columns)).toBe("fine");
});

test("of a deletion only its key, its agent and its update time are looked at", () => {
  const checkDeletion = prepareCheckDeletion(streamDefinition("interaction"));
  expect(checkDeletion({ ...emptyRecord("interaction"), interaction_id: "i", talk_ms: -5, outcome: "?" })).toBeNull();
  expect(checkDeletion({ ...emptyRecord("interaction"), interaction_id: null })).toMatchObject({ reason: "missing_key" });
});

test("the evidence of a refusal is cut", () => {
  const checkRecord = prepareCheckRecord(streamDefinition("interaction"));
  const fault = checkRecord({ ...emptyRecord("interaction"), interaction_id: "x".repeat(5000) });
  expect(fault?.value.length).toBeLessThan(210);
});
