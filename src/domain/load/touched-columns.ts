import type { StreamName } from "../records/streams.ts";

/** Before every record and after every record: the bounds of a stretch of time that has none of its own. */
export const beginningOfTime = "1900-01-01T00:00:00.000Z";
export const endOfTime = "9999-01-01T00:00:00.000Z";

/**
 * Which stretch of time a version of a record speaks about, and so which days must be worked out again when it comes or goes.
 * `from` null: since ever. `to` null: for ever. A column that is empty in a record means the same.
 */
export interface TouchedColumns {
  readonly from: string | null;
  readonly to: string | null;
}

/** The columns are those of the record, or `event_at` for the instant it is dated by. */
const columnsOf: Partial<Record<StreamName, TouchedColumns>> = {
  agent: { from: "effective_at", to: null },
  identity: { from: "effective_at", to: "ends_at" },
  queue: { from: null, to: null },
  badge: { from: null, to: null },
  shift: { from: "starts_at", to: "ends_at" },
  adherence: { from: "starts_at", to: "ends_at" },
  challenge: { from: "starts_at", to: "ends_at" },
  challenge_status: { from: "effective_at", to: null },
  enrolment: { from: "enrolled_at", to: "ends_at" },
  milestone: { from: "valid_from", to: "valid_to" },
};

/** A record without an entry of its own happened at one instant. */
export function touchedColumns(stream: StreamName): TouchedColumns {
  return columnsOf[stream] ?? { from: "event_at", to: "event_at" };
}
