import type { CanonicalRecord } from "../../domain/records/record.ts";
import { dayMs } from "../../domain/simulate/calendar.ts";
import { queues } from "../../domain/simulate/organisation.ts";
import { legsAt } from "./centre.ts";
import { dispositionIdOf } from "./cxone-contact.ts";
import { agentIdOf, businessUnitId, contactIdOf, masterContactIdOf, skillIdOf, teamIdOf } from "./cxone-ids.ts";
import { legOf } from "./cxone-reports.ts";
import { directoryAt } from "./people.ts";
import type { SimulatorState } from "./state.ts";
import { columnsOf, type TruthRow, type TruthTables } from "./truth.ts";
import { visibleRows } from "./truth-slices.ts";

/** The truth in the words of a CXone source: numbers for ids, one row per leg, and only what its answers carry. */
export function cxoneTruth(state: SimulatorState): TruthTables {
  const { centre, now } = state;
  const { world } = centre;
  const agentOf = (nativeId: unknown) =>
    nativeId === null || nativeId === undefined ? null : `${businessUnitId}:${agentIdOf(world, nativeId)}`;
  const about = (record: CanonicalRecord) => ({ agent_native_id: agentOf(record.agent_native_id) });
  return {
    *interaction(slice) {
      for (
        let day = Math.max(centre.firstDay, Math.floor(slice.from / dayMs) - 1);
        day < Math.min(centre.endDay, Math.ceil(slice.to / dayMs));
        day += 1
      ) {
        for (const leg of centre.conversations(day).flatMap((conversation) => legsAt(conversation, now))) {
          const enteredAt = Number(leg.entered_at);
          if (enteredAt >= slice.from && enteredAt < slice.to) yield interactionOf(state, leg, agentOf);
        }
      }
    },
    *evaluation(slice) {
      for (const record of visibleRows(state, "evaluation", slice)) {
        const contactId = String(contactIdOf(world, legOf(record)));
        yield {
          ...columnsOf(record, "evaluation_id", "form_id", "score_milli", "max_score_milli", "evaluated_at"),
          ...about(record),
          interaction_id: contactId,
        };
      }
    },
    *survey(slice) {
      for (const record of visibleRows(state, "survey", slice)) {
        yield {
          ...columnsOf(record, "survey_id", "score_milli", "scale_min_milli", "scale_max_milli", "answered_at"),
          ...about(record),
          interaction_id: String(contactIdOf(world, legOf(record))),
        };
      }
    },
    *shift(slice) {
      for (const record of visibleRows(state, "shift", slice))
        yield { ...columnsOf(record, "shift_native_id", "starts_at", "ends_at", "is_leave"), ...about(record) };
    },
    *adherence(slice) {
      for (const record of visibleRows(state, "adherence", slice)) yield { ...record, ...about(record) };
    },
    agent: () =>
      directoryAt(world, now).map(({ agent, team, isActive, hiredOn, leftOn, employeeId }) => ({
        agent_native_id: agentOf(agent.nativeId),
        employee_id: employeeId,
        zone: team.site.zone,
        team_id: String(teamIdOf(team.id)),
        team_name: team.name,
        hired_on: hiredOn,
        left_on: leftOn,
        is_active: isActive,
      })),
    queue: () => queues.map(({ index, name, channel }) => ({ queue_native_id: String(skillIdOf(index)), name, channel })),
  };
}

function interactionOf(
  { centre: { world } }: SimulatorState,
  leg: CanonicalRecord,
  agentOf: (nativeId: unknown) => string | null,
): TruthRow {
  const queue = queues.find(({ id }) => id === leg.queue_native_id);
  const disposition = dispositionIdOf(leg.disposition_code);
  const hasAgent = leg.agent_native_id !== null;
  return {
    ...columnsOf(leg, "channel", "direction", "entered_at", "queue_ms", "started_at", "ended_at", "source_updated_at"),
    interaction_id: String(contactIdOf(world, leg)),
    conversation_id: String(masterContactIdOf(world, leg)),
    agent_native_id: agentOf(leg.agent_native_id),
    queue_native_id: queue === undefined ? null : String(skillIdOf(queue.index)),
    disposition_code: disposition === null ? null : String(disposition),
    transferred_to: agentOf(leg.transferred_to),
    // The platform counts every measure from zero.
    talk_ms: Number(leg.talk_ms ?? 0),
    hold_ms: Number(leg.hold_ms ?? 0),
    other_ms: Number(leg.other_ms ?? 0),
    after_call_ms: Number(leg.after_call_ms ?? 0),
    handle_ms: Number(leg.handle_ms ?? 0),
    outcome: hasAgent ? "answered" : leg.outcome === "abandoned" ? "abandoned" : "other",
  };
}
