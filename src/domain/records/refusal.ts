/** Why a record is refused: the reason is one of a closed list, field and value are its evidence. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly field: string;
  readonly value: string;
}

/** The reasons of the boundary itself; a source adds its own for what it cannot read. */
export type RefusalReason =
  | "missing_key"
  | "missing_value"
  | "not_text"
  | "bad_id"
  | "not_integer"
  | "bad_instant"
  | "bad_date"
  | "not_boolean"
  | "bad_json"
  | "unknown_zone"
  | "unknown_value"
  | "negative_duration"
  | "handle_mismatch"
  | "out_of_order"
  | "out_of_scale"
  | "negative_engagement"
  | "too_many_points"
  | "record_too_large";

/** Evidence is for reading: a long value is cut. */
const maxEvidence = 200;

export function refusal(reason: RefusalReason, field: string, value: unknown): Refusal {
  const text = typeof value === "string" ? value : String(value);
  return { reason, field, value: text.length > maxEvidence ? `${text.slice(0, maxEvidence)}...` : text };
}
