import type { Slice } from "../../domain/extract/slices.ts";
import type { CanonicalRecord } from "../../domain/records/record.ts";
import { dayMs } from "../../domain/simulate/calendar.ts";
import { type Conversation, type DatedStream, ownTimeOf, seenAt } from "./centre.ts";
import type { SimulatorState } from "./state.ts";

/** What is visible of a dated stream and belongs to a slice by its own time. */
export function* visibleRows({ centre, now }: SimulatorState, stream: DatedStream, slice: Slice): Generator<CanonicalRecord> {
  const timeOf = ownTimeOf(stream);
  for (const day of daysOf(slice, centre.firstDay, centre.endDay)) {
    for (const record of seenAt(centre.rows(stream, day), now)) {
      const at = timeOf(record);
      if (at >= slice.from && at < slice.to) yield record;
    }
  }
}

/** Visible conversations that entered in a slice. */
export function* visibleConversations({ centre, now }: SimulatorState, slice: Slice): Generator<Conversation> {
  for (const day of daysOf(slice, centre.firstDay, centre.endDay)) {
    for (const conversation of centre.conversations(day)) {
      if (conversation.knownAt <= now && conversation.enteredAt >= slice.from && conversation.enteredAt < slice.to) yield conversation;
    }
  }
}

function daysOf({ from, to }: Slice, firstDay: number, endDay: number): number[] {
  const first = Math.max(firstDay, Math.floor(from / dayMs));
  return Array.from({ length: Math.max(0, Math.min(endDay, Math.ceil(to / dayMs)) - first) }, (_, step) => first + step);
}
