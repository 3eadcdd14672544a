/**
 * The canonical records: one entry = one stream = one raw table per source (records.md).
 * Adapters produce exactly these columns; a field the source lacks is null, never zero.
 * Extend by a new column at the end and a decision record: the row hash covers the columns in this order.
 */

/**
 * text: UTF-8 string. integer: whole number within 2^53 (units are in the column's name: `_ms _milli _ppm _minor`).
 * instant: UTC, epoch milliseconds in TypeScript. date: `YYYY-MM-DD`. json: JSON text.
 */
export type ColumnType = "text" | "integer" | "instant" | "date" | "boolean" | "json";

export interface StreamColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** A part of the business key: a column, and what stands for it where it is null. */
export interface KeyPart {
  readonly column: string;
  readonly whenNull?: string;
}

export interface StreamDefinition {
  readonly name: StreamName;
  readonly key: readonly KeyPart[];
  /** The column with the native id of the agent the row is about; null when a row is about no agent. */
  readonly subject: string | null;
  /** Columns tried in order for the instant (or date, 00:00 UTC) the row happened at; null when it has none. */
  readonly eventAt: readonly string[];
  /** Where the source says when a version was written: orders versions of a key; else arrival does. */
  readonly revisedAt?: string;
  readonly columns: readonly StreamColumn[];
}

export const streamNames = [
  "agent",
  "identity",
  "queue",
  "shift",
  "adherence",
  "interaction",
  "evaluation",
  "survey",
  "performance_day",
  "gamification_event",
  "points_day",
  "challenge",
  "challenge_status",
  "enrolment",
  "badge",
  "cost",
  "milestone",
  "ledger_entry",
  "decision",
] as const;
export type StreamName = (typeof streamNames)[number];

/** The part of a raw table's name before the stream; named CSV sources share the `csv` tables. */
export const sourceFamilies = ["genesys", "cxone", "csv", "gami"] as const;
export type SourceFamily = (typeof sourceFamilies)[number];

function columns(type: ColumnType, ...names: readonly string[]): StreamColumn[] {
  return names.map((name) => ({ name, type }));
}
const text = (...names: readonly string[]) => columns("text", ...names);
const integer = (...names: readonly string[]) => columns("integer", ...names);
const instant = (...names: readonly string[]) => columns("instant", ...names);
const date = (...names: readonly string[]) => columns("date", ...names);
const boolean = (...names: readonly string[]) => columns("boolean", ...names);
const json = (...names: readonly string[]) => columns("json", ...names);
const keyOf = (...names: readonly string[]): KeyPart[] => names.map((column) => ({ column }));

const definitions: Readonly<Record<StreamName, Omit<StreamDefinition, "name">>> = {
  agent: {
    key: [{ column: "agent_native_id" }, { column: "effective_at", whenNull: "" }],
    subject: "agent_native_id",
    eventAt: ["effective_at"],
    columns: [
      ...text("agent_native_id", "employee_id", "email_hmac", "display_name", "zone", "team_id", "team_name", "site", "role", "employment"),
      ...date("hired_on", "left_on"),
      ...text("left_reason"),
      ...boolean("is_active"),
      ...instant("effective_at"),
    ],
  },
  identity: {
    key: keyOf("source_system", "agent_native_id", "effective_at"),
    subject: "agent_native_id",
    eventAt: ["effective_at"],
    columns: [
      ...text("source_system", "agent_native_id"),
      ...instant("effective_at"),
      ...text("agent_id", "method"),
      ...instant("ends_at"),
    ],
  },
  queue: {
    key: keyOf("queue_native_id"),
    subject: null,
    eventAt: [],
    columns: [...text("queue_native_id", "name", "channel"), ...integer("complexity_milli")],
  },
  shift: {
    key: keyOf("shift_native_id"),
    subject: "agent_native_id",
    eventAt: ["starts_at"],
    columns: [
      ...text("shift_native_id", "agent_native_id"),
      ...instant("starts_at", "ends_at"),
      ...text("zone"),
      ...instant("published_at"),
      ...boolean("is_leave"),
    ],
  },
  adherence: {
    key: keyOf("agent_native_id", "starts_at"),
    subject: "agent_native_id",
    eventAt: ["starts_at"],
    columns: [...text("agent_native_id"), ...instant("starts_at", "ends_at"), ...integer("scheduled_ms", "adherent_ms")],
  },
  interaction: {
    key: [{ column: "interaction_id" }, { column: "agent_native_id", whenNull: "" }, { column: "segment_id", whenNull: "0" }],
    subject: "agent_native_id",
    eventAt: ["started_at", "entered_at"],
    revisedAt: "source_updated_at",
    columns: [
      ...text("interaction_id", "agent_native_id", "segment_id", "conversation_id", "queue_native_id", "channel", "direction"),
      ...instant("entered_at"),
      ...integer("queue_ms"),
      ...instant("started_at", "ended_at"),
      ...integer("talk_ms", "hold_ms", "after_call_ms", "other_ms", "handle_ms"),
      ...text("outcome", "disposition_code", "transferred_from", "transferred_to"),
      ...boolean("is_primary_agent"),
      ...text("customer_key"),
      ...integer("sentiment_ppm"),
      ...instant("source_updated_at"),
      ...integer("priority"),
      ...text("flags"),
    ],
  },
  evaluation: {
    key: keyOf("evaluation_id"),
    subject: "agent_native_id",
    eventAt: ["evaluated_at"],
    columns: [
      ...text("evaluation_id", "interaction_id", "agent_native_id", "form_id"),
      ...integer("score_milli", "max_score_milli"),
      ...instant("evaluated_at", "released_at"),
    ],
  },
  survey: {
    key: keyOf("survey_id"),
    subject: "agent_native_id",
    eventAt: ["answered_at"],
    columns: [
      ...text("survey_id", "interaction_id", "agent_native_id"),
      ...integer("score_milli", "scale_min_milli", "scale_max_milli"),
      ...instant("answered_at"),
    ],
  },
  performance_day: {
    key: keyOf("agent_native_id", "work_date"),
    subject: "agent_native_id",
    eventAt: ["work_date"],
    columns: [
      ...text("agent_native_id"),
      ...date("work_date"),
      ...integer(
        "interactions",
        "talk_ms",
        "hold_ms",
        "after_call_ms",
        "handle_ms",
        "quality_sum_milli",
        "quality_count",
        "csat_sum_milli",
        "csat_count",
        "scheduled_ms",
        "adherent_ms",
      ),
    ],
  },
  gamification_event: {
    key: keyOf("event_id"),
    subject: "agent_native_id",
    eventAt: ["occurred_at"],
    columns: [
      ...text("event_id", "agent_native_id", "interaction_id", "metric"),
      ...instant("occurred_at"),
      ...text("event_kind", "action_type", "challenge_native_id", "badge_native_id"),
      ...integer("points_milli", "engagement_ppm"),
    ],
  },
  points_day: {
    key: keyOf("agent_native_id", "metric", "work_date"),
    subject: "agent_native_id",
    eventAt: ["work_date"],
    columns: [...text("agent_native_id", "metric"), ...date("work_date"), ...integer("points_milli", "max_points_milli")],
  },
  challenge: {
    key: keyOf("challenge_native_id"),
    subject: null,
    eventAt: ["starts_at"],
    columns: [
      ...text("challenge_native_id", "name", "metric", "direction"),
      ...integer("threshold_milli", "points_per_unit_milli", "multiplier_milli"),
      ...instant("starts_at", "ends_at"),
      ...integer("budget_minor"),
      ...text("currency"),
    ],
  },
  challenge_status: {
    key: keyOf("challenge_native_id", "effective_at"),
    subject: null,
    eventAt: ["effective_at"],
    columns: [...text("challenge_native_id"), ...instant("effective_at"), ...text("status")],
  },
  enrolment: {
    key: keyOf("programme", "agent_native_id", "enrolled_at"),
    subject: "agent_native_id",
    eventAt: ["enrolled_at"],
    columns: [...text("programme", "agent_native_id"), ...instant("enrolled_at", "ends_at"), ...text("allocation")],
  },
  badge: {
    key: keyOf("badge_native_id"),
    subject: null,
    eventAt: [],
    columns: [...text("badge_native_id", "name", "tier"), ...json("criteria")],
  },
  cost: {
    key: keyOf("cost_id"),
    subject: null,
    eventAt: ["incurred_on"],
    columns: [...text("cost_id", "kind"), ...date("incurred_on"), ...integer("amount_minor"), ...text("currency", "challenge_native_id")],
  },
  milestone: {
    key: keyOf("definition_id", "rule_hash"),
    subject: null,
    eventAt: ["valid_from"],
    columns: [
      ...text("definition_id", "rule_hash", "name", "metric", "direction"),
      ...integer("threshold_milli"),
      ...text("tier"),
      ...json("definition"),
      ...instant("valid_from", "valid_to"),
    ],
  },
  ledger_entry: {
    key: keyOf("award_key", "entry_no"),
    subject: null,
    eventAt: ["occurred_at"],
    columns: [
      ...text("award_key"),
      ...integer("entry_no"),
      ...text("agent_id", "definition_id", "period_id", "tier", "kind", "action"),
      ...integer("amount"),
      ...text("unit", "commit_state"),
      ...instant("occurred_at", "posted_at"),
      ...text("rule_hash", "reason", "challenge_native_id", "challenge_source"),
    ],
  },
  decision: {
    key: keyOf("definition_id", "agent_id", "period_id"),
    subject: null,
    eventAt: ["window_to"],
    columns: [
      ...text("definition_id", "agent_id", "period_id", "verdict"),
      ...integer("value_milli", "threshold_milli", "n"),
      ...instant("window_from", "window_to"),
      ...text("rule_hash"),
      ...json("reasons"),
    ],
  },
};

export const streams: readonly StreamDefinition[] = streamNames.map((name) => ({ name, ...definitions[name] }));

export function streamDefinition(name: StreamName): StreamDefinition {
  return { name, ...definitions[name] };
}

export function isStreamName(name: string): name is StreamName {
  return Object.hasOwn(definitions, name);
}

/** `csv:technion` and `csv:payroll` live in the `csv` tables; a platform is its own family. */
export function sourceFamily(source: string): SourceFamily {
  const family = source.split(":", 1)[0] ?? "";
  const known = sourceFamilies.find((name) => name === family);
  if (known === undefined) throw new RangeError(`source ${source}: expected genesys, cxone, gami or csv:<name>`);
  return known;
}
