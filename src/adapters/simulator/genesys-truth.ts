import type { CanonicalRecord } from "../../domain/records/record.ts";
import { dateText, dayMs } from "../../domain/simulate/calendar.ts";
import { queues, sites } from "../../domain/simulate/organisation.ts";
import { badges } from "../../domain/simulate/recognition.ts";
import { type Conversation, legsAt } from "./centre.ts";
import { surveyPercent, wrappedUpAt } from "./genesys-conversation.ts";
import { contestsAt, pointsOn } from "./genesys-gamification.ts";
import { scoredIn } from "./genesys-quality.ts";
import { keptDays } from "./genesys-workforce.ts";
import { directoryAt } from "./people.ts";
import type { SimulatorState } from "./state.ts";
import { columnsOf, type TruthRow, type TruthTables } from "./truth.ts";
import { visibleConversations, visibleRows } from "./truth-slices.ts";

/** The truth in the words of a Genesys source: its ids, and only what its answers carry. */
export function genesysTruth(state: SimulatorState): TruthTables {
  const { centre, now } = state;
  return {
    *interaction(slice) {
      for (const conversation of visibleConversations(state, slice)) yield* interactionsOf(conversation, now);
    },
    *evaluation(slice) {
      const carried = ["evaluation_id", "interaction_id", "agent_native_id", "form_id", "score_milli", "max_score_milli", "evaluated_at"];
      for (const record of scoredIn(state, slice)) yield columnsOf(record, ...carried);
    },
    *survey(slice) {
      for (const record of visibleRows(state, "survey", slice)) {
        yield { ...record, score_milli: surveyPercent(record.score_milli) * 1_000, scale_min_milli: 0, scale_max_milli: 100_000 };
      }
    },
    *gamification_event(slice) {
      for (const record of visibleRows(state, "gamification_event", slice)) yield { ...record };
    },
    *shift(slice) {
      for (const record of visibleRows(state, "shift", slice))
        yield columnsOf(record, "shift_native_id", "agent_native_id", "starts_at", "ends_at", "is_leave");
    },
    *adherence(slice) {
      for (const site of sites) {
        for (const { agentNativeId, startsAt, scheduledMs, adherentMs } of keptDays(centre, site, slice, now)) {
          yield { agent_native_id: agentNativeId, starts_at: startsAt, scheduled_ms: scheduledMs, adherent_ms: adherentMs };
        }
      }
    },
    agent: () =>
      directoryAt(centre.world, now).map(({ agent, team, isActive, hiredOn, employeeId }) => ({
        agent_native_id: agent.nativeId,
        employee_id: employeeId,
        zone: team.site.zone,
        team_id: team.id,
        team_name: team.name,
        hired_on: hiredOn,
        is_active: isActive,
      })),
    queue: () => queues.map(({ id, name }) => ({ queue_native_id: id, name })),
    badge: () => badges.map(({ id, name, tier }) => ({ badge_native_id: id, name, tier })),
    challenge: () =>
      contestsAt(state).map((campaign) => ({
        challenge_native_id: campaign.id,
        name: campaign.name,
        starts_at: campaign.startsOn * dayMs,
      })),
    challenge_status: () =>
      contestsAt(state).flatMap(({ id, statuses }) =>
        statuses
          .filter(({ on }) => on * dayMs <= now)
          .map(({ on, status }) => ({ challenge_native_id: id, effective_at: on * dayMs, status })),
      ),
    *points_day(slice) {
      for (const { agent } of directoryAt(centre.world, now)) {
        if (agent.enrolledOn === null) continue;
        for (let day = Math.floor(slice.from / dayMs); day < Math.ceil(slice.to / dayMs); day += 1) {
          for (const [metric, points] of pointsOn(state, agent, day)) {
            yield { agent_native_id: agent.nativeId, metric, work_date: dateText(day), points_milli: points };
          }
        }
      }
    },
  };
}

/** Measures the platform leaves out when they are zero are unknown; the queue is the conversation's, after-call work ends a leg. */
function interactionsOf(conversation: Conversation, asOf: number): TruthRow[] {
  const legs = legsAt(conversation, asOf);
  const [first] = legs;
  return legs.map((leg) => ({
    ...columnsOf(leg, "interaction_id", "agent_native_id", "queue_native_id", "channel", "direction", "started_at", "disposition_code"),
    ...columnsOf(leg, "transferred_from", "transferred_to", "handle_ms", "talk_ms"),
    segment_id: leg.agent_native_id === null ? "0" : `${leg.interaction_id}.${leg.segment_id ?? "0"}`,
    conversation_id: conversation.id,
    entered_at: conversation.enteredAt,
    ended_at: wrappedUpAt(leg),
    queue_ms: first?.queue_ms ?? null,
    hold_ms: unlessZero(leg.hold_ms),
    other_ms: unlessZero(leg.other_ms),
    after_call_ms: leg.after_call_ms ?? null,
    // Who hung up, and who was only a phantom, looks the same from outside.
    outcome: leg.agent_native_id === null ? "abandoned" : "answered",
  }));
}

function unlessZero(value: CanonicalRecord[string] | undefined): CanonicalRecord[string] {
  return value === undefined || value === 0 ? null : value;
}
