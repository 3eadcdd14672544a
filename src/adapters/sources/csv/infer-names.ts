import type { StreamName } from "../../../domain/records/streams.ts";

/**
 * How exports usually name what gami calls otherwise. Names are compared in lower case with every other sign as a space.
 * The first canonical column whose pattern fits a file column gets it.
 */
type Names = readonly (readonly [column: string, pattern: RegExp])[];

const agentId: Names[number] = [
  "agent_native_id",
  /^(agent|user|operator|rep|representative|employee|advisor|server)( ?(id|no|number|login|code|name))?$/,
];
const interactionId: Names[number] = [
  "interaction_id",
  /^(interaction|contact|conversation|call|ticket|case|session)( ?(id|no|number|key|uuid|guid))$|^(id|callid|contactid)$/,
];

export const usualNames: Partial<Record<StreamName, Names>> = {
  interaction: [
    interactionId,
    agentId,
    ["talk_ms", /\btalk/],
    ["hold_ms", /\b(hold|held)\b/],
    ["after_call_ms", /\bacw\b|after (call|contact)|wrap ?up (time|duration|s|sec|seconds|ms|min|minutes)\b/],
    ["handle_ms", /\b(handle|handling|aht|ser time|service time|call duration)\b|^duration$/],
    ["queue_ms", /\b(queue|q|wait|waiting|asa)\b.*(time|s|sec|seconds|ms|min|minutes|duration)$|^wait(ing)?$|speed of answer/],
    ["queue_native_id", /^(queue|skill|split|service|type|call type|line)( ?(id|name|no))?$/],
    ["channel", /^(channel|media|media ?type|medium)$/],
    ["direction", /\bdirection$/],
    ["started_at", /\b(answer|answered|connect|connected|pickup|ser start|service start)\b/],
    ["ended_at", /\b(end|ended|finish|finished|disconnect|disconnected|hangup|ser exit|service end)\b( ?(time|at|timestamp|date))?$/],
    [
      "entered_at",
      /\b(start|started|begin|entered|entry|arrival|arrived|created|offered|received)\b|^(timestamp|date ?time|time|call time)$/,
    ],
    ["outcome", /\b(outcome|result|status|abandoned|disposition)\b/],
    ["disposition_code", /wrap ?up ?code|disposition/],
    ["customer_key", /\b(customer|caller|client|ani|phone|cli|msisdn)\b/],
    ["priority", /^priority$/],
    ["sentiment_ppm", /sentiment/],
  ],
  agent: [
    agentId,
    ["employee_id", /^(employee|staff|hr|personnel) ?(id|no|number)$/],
    ["display_name", /^(name|full ?name|display ?name|agent ?name)$/],
    ["zone", /time ?zone|^zone$|^tz$/],
    ["team_id", /^team ?(id|no)$/],
    ["team_name", /^team( ?name)?$|^group$/],
    ["site", /^(site|location|office)$/],
    ["role", /^(role|job|title|position)$/],
    ["hired_on", /hire|hired|joined|start date/],
    ["left_on", /\b(left|termination|terminated|exit|leaving|end date)\b/],
    ["is_active", /active/],
  ],
  shift: [
    ["shift_native_id", /^shift ?(id|no)$/],
    agentId,
    ["starts_at", /\b(shift )?(start|starts|begin|from)\b/],
    ["ends_at", /\b(shift )?(end|ends|until|to)\b/],
    ["zone", /time ?zone|^tz$/],
    ["is_leave", /leave|absence|holiday/],
  ],
  evaluation: [
    ["evaluation_id", /^(evaluation|review|qa) ?(id|no)$/],
    interactionId,
    agentId,
    ["form_id", /form/],
    ["max_score_milli", /max ?(score|points)/],
    ["score_milli", /score|quality/],
    ["evaluated_at", /evaluated|reviewed|evaluation date/],
  ],
  survey: [
    ["survey_id", /^(survey|response|feedback) ?(id|no)$/],
    interactionId,
    agentId,
    ["score_milli", /csat|nps|score|rating|satisfaction/],
    ["answered_at", /answered|responded|submitted|survey (date|time)|response (date|time)/],
  ],
  performance_day: [
    agentId,
    ["work_date", /^(date|day|work ?date)$/],
    ["interactions", /^(calls|contacts|interactions|handled)( ?(handled|count|answered))?$/],
    ["talk_ms", /\btalk/],
    ["hold_ms", /\bhold/],
    ["after_call_ms", /\bacw\b|after call|wrap/],
    ["handle_ms", /handle/],
  ],
  gamification_event: [
    ["event_id", /^(event|award|badge award) ?(id|no)$/],
    agentId,
    ["points_milli", /points/],
    ["engagement_ppm", /engagement/],
    ["challenge_native_id", /challenge|contest/],
    ["badge_native_id", /badge/],
    ["event_kind", /event ?(type|kind)/],
    ["action_type", /action/],
    ["metric", /metric|kpi/],
    ["interaction_id", /^(interaction|contact|conversation|call) ?id$/],
    ["occurred_at", /occurred|earned|awarded|timestamp|^(date ?time|time)$/],
  ],
  cost: [
    ["cost_id", /^(cost|invoice|payment|booking) ?(id|no)$/],
    ["amount_minor", /amount|cost|price|total/],
    ["currency", /currency/],
    ["incurred_on", /date|incurred|paid/],
    ["kind", /^(kind|type|category)$/],
  ],
  queue: [
    ["queue_native_id", /^queue ?(id|no)$/],
    ["name", /^(queue ?)?name$/],
    ["channel", /^(channel|media)$/],
  ],
};

export const personalNames = /name|e ?mail|phone|mobile|ani\b|msisdn|address|birth|customer|caller|client/;

/** `vru+line` and `VRU_Line` become `vru line`; `callId` becomes `call id`. */
export function plainName(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
