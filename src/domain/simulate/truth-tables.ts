import type { AgentDay } from "./agent-day.ts";
import { dateText, isoWeekText, weekOf } from "./calendar.ts";
import { type Agent, teamOn } from "./careers.ts";
import { handleMsOf } from "./contacts.ts";

/** True totals as CSV: what a mart must show per agent and day, and the panel an estimator gets per agent and week. */

export const agentDayHeader = "agent_native_id,work_date,team_id,contacts,talk_ms,hold_ms,after_call_ms,other_ms,handle_ms,effect_ms\n";
export const agentWeekHeader = "agent_native_id,team_id,week,contacts,handle_ms,treated_from,effect_ms\n";

/** Empty for a day without contacts. `effect_ms` is the true effect on one contact. */
export function agentDayLine({ agent, day, contacts, level }: AgentDay): string {
  if (contacts.length === 0) return "";
  let [talkMs, holdMs, afterCallMs, otherMs] = [0, 0, 0, 0];
  for (const contact of contacts) {
    talkMs += contact.talkMs;
    holdMs += contact.holdMs ?? 0;
    afterCallMs += contact.afterCallMs;
    otherMs += contact.otherMs ?? 0;
  }
  const sums = [contacts.length, talkMs, holdMs, afterCallMs, otherMs, talkMs + holdMs + afterCallMs + otherMs, level.effectMs];
  return `${agent.nativeId},${dateText(day)},${teamOn(agent, day).id},${sums.join(",")}\n`;
}

interface AgentWeek {
  readonly agent: Agent;
  contacts: number;
  handleMs: number;
  effectMs: number;
}

/** Adds agent-days up to weeks; lines come out when a week is over, so only one week is held. */
export interface AgentWeekTable {
  /** Lines of the week before, when this day begins a new one. */
  linesBefore(day: number): string;
  add(agentDay: AgentDay): void;
  /** Lines of the last week. */
  rest(): string;
}

export function createAgentWeekTable(): AgentWeekTable {
  const sums = new Map<number, AgentWeek>();
  let week = Number.NEGATIVE_INFINITY;
  const flush = (): string => {
    const lines = [...sums.values()].sort((one, other) => one.agent.subject - other.agent.subject).map((row) => weekLine(row, week));
    sums.clear();
    return lines.join("");
  };
  return {
    linesBefore(day) {
      const lines = weekOf(day) === week ? "" : flush();
      week = weekOf(day);
      return lines;
    },
    add({ agent, contacts, level }) {
      if (contacts.length === 0) return;
      const row = sums.get(agent.subject) ?? { agent, contacts: 0, handleMs: 0, effectMs: 0 };
      sums.set(agent.subject, row);
      row.contacts += contacts.length;
      row.effectMs += level.effectMs * contacts.length;
      for (const contact of contacts) row.handleMs += handleMsOf(contact);
    },
    rest: flush,
  };
}

/** The team is the one of enrolment, which a later move does not change; `effect_ms` is summed over the contacts. */
function weekLine({ agent, contacts, handleMs, effectMs }: AgentWeek, week: number): string {
  const treatedFrom = agent.enrolledOn === null ? "" : isoWeekText(weekOf(agent.enrolledOn));
  return `${agent.nativeId},${agent.stays[0].team.id},${isoWeekText(week)},${contacts},${handleMs},${treatedFrom},${effectMs}\n`;
}
