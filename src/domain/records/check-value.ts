import { isZoneName } from "../zone.ts";
import { type Refusal, type RefusalReason, refusal } from "./refusal.ts";
import type { StreamColumn, StreamDefinition } from "./streams.ts";

/** Null when the value of a column is fine. An absent value (null, undefined) always is, unless the key needs it. */
export type CheckValue = (value: unknown) => Refusal | null;

const maxIdLength = 256;
/** 1900-01-01 and 9999-01-01 in epoch milliseconds: the bounds of the zone offsets. */
export const firstInstant = -2_208_988_800_000;
export const lastInstant = 253_370_764_800_000;

/** Closed lists of records.md; a value outside would silently fall out of every mart that counts by it. */
const closedLists: Readonly<Record<string, readonly string[]>> = {
  "agent.employment": ["full", "part"],
  "agent.left_reason": ["voluntary", "involuntary", "transfer"],
  "identity.method": ["employee_id", "email", "manual"],
  "interaction.outcome": ["answered", "abandoned", "phantom", "other"],
  "gamification_event.event_kind": ["points_earned", "badge_awarded", "challenge_completed", "engagement_score", "leaderboard_update"],
  "challenge_status.status": ["draft", "active", "paused", "expired", "retired"],
  "enrolment.allocation": ["random", "operational", "performance"],
  "cost.kind": ["reward", "licence", "admin", "agent_time", "liability_change"],
  "ledger_entry.kind": ["award", "points", "reward", "adjustment"],
  "ledger_entry.action": ["grant", "confirm", "reverse", "correct"],
};

/** The generic check of one column: its type, and what its name promises. */
export function prepareCheckValue(stream: StreamDefinition, column: StreamColumn): CheckValue {
  const { name } = column;
  const fits = prepareFits(stream, column);
  const reason = reasonOf(stream, column);
  const isKey = stream.key.some((part) => part.column === name && part.whenNull === undefined);
  return (value) => {
    if (value === null || value === undefined) return isKey ? refusal("missing_key", name, "") : null;
    return fits(value) ? null : refusal(reason, name, value);
  };
}

function prepareFits(stream: StreamDefinition, column: StreamColumn): (value: unknown) => boolean {
  const list = closedLists[`${stream.name}.${column.name}`];
  if (list !== undefined) return (value) => typeof value === "string" && list.includes(value);
  switch (column.type) {
    case "integer":
      return isCanonicalInteger;
    case "instant":
      return isCanonicalInstant;
    case "date":
      return isCanonicalDate;
    case "boolean":
      return (value) => typeof value === "boolean";
    case "json":
      return isJsonText;
    case "text":
      if (column.name === "zone") return (value) => typeof value === "string" && isZoneName(value);
      return isId(stream, column) ? isCanonicalId : (value) => typeof value === "string";
  }
}

function reasonOf(stream: StreamDefinition, column: StreamColumn): RefusalReason {
  if (closedLists[`${stream.name}.${column.name}`] !== undefined) return "unknown_value";
  switch (column.type) {
    case "integer":
      return "not_integer";
    case "instant":
      return "bad_instant";
    case "date":
      return "bad_date";
    case "boolean":
      return "not_boolean";
    case "json":
      return "bad_json";
    case "text":
      if (column.name === "zone") return "unknown_zone";
      return isId(stream, column) ? "bad_id" : "not_text";
  }
}

function isId(stream: StreamDefinition, { name }: StreamColumn): boolean {
  return /_(id|key|hmac)$/.test(name) || stream.key.some(({ column }) => column === name);
}

function isCanonicalInteger(value: unknown): boolean {
  return Number.isSafeInteger(value);
}

function isCanonicalInstant(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= firstInstant && value < lastInstant;
}

/** An opaque id: 1 to 256 characters, none of them a control character. */
export function isCanonicalId(value: unknown): boolean {
  if (typeof value !== "string" || value.length === 0 || value.length > maxIdLength) return false;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
  }
  return true;
}

const knownDates = new Set<string>();

function isCanonicalDate(value: unknown): boolean {
  if (typeof value !== "string") return false;
  if (knownDates.has(value)) return true;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const instant = Date.parse(`${value}T00:00:00.000Z`);
  if (!isCanonicalInstant(instant) || new Date(instant).toISOString().slice(0, 10) !== value) return false;
  if (knownDates.size > 20_000) knownDates.clear();
  knownDates.add(value);
  return true;
}

function isJsonText(value: unknown): boolean {
  if (typeof value !== "string") return false;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
