import type { MilestoneDefinition } from "../../domain/recognise/definition.ts";
import type { WindowSpan } from "../../domain/recognise/judge.ts";
import { metricNamed, type SumName, sumNames, volumeSums, volumes } from "../../domain/recognise/metrics.ts";
import type { SqlValue } from "../../ports/warehouse.ts";

/** One window of one day, shared by all definitions that look at it. */
export interface EvaluationWindow {
  readonly no: number;
  readonly asOf: string;
  readonly span: WindowSpan;
  /** The last n interactions of it; null: all of it. */
  readonly last: number | null;
  /** Only interactions of these queues; empty: all. */
  readonly queues: readonly string[];
}

export interface CompiledEvaluation {
  readonly sql: string;
  readonly values: readonly SqlValue[];
  /** The figures the statement brings, beside those of the agent. */
  readonly sums: readonly SumName[];
}

/** Where a window has no beginning: before all data. */
const beginning = "1900-01-01";

/** Each figure as SQL over `days`, the rows of marts.fct_agent_day. Whole numbers, divided by nobody. */
const daySums: Readonly<Record<SumName, string | null>> = {
  handle_ms: "cast(round(sum(days.handle_seconds) * 1000) as bigint)",
  handle_count: "sum(days.handle_count)",
  interactions: "sum(days.interactions)",
  quality_sum_milli: "cast(round(sum(days.quality_sum) * 1000) as bigint)",
  quality_count: "sum(days.quality_count)",
  csat_sum_milli: "cast(round(sum(days.csat_sum) * 1000) as bigint)",
  csat_count: "sum(days.csat_count)",
  adherent_ms: "cast(round(sum(days.adherent_seconds) * 1000) as bigint)",
  scheduled_ms: "cast(round(sum(case when days.adherent_seconds is not null then days.scheduled_seconds end) * 1000) as bigint)",
  points_milli: "cast(round(sum(days.points) * 1000) as bigint)",
  engagement_sum_ppm: "cast(round(sum(days.engagement) * 1000000) as bigint)",
  engagement_days: "count(days.engagement)",
  active_days: "count(case when days.interactions > 0 then 1 end)",
  longest_run: null,
  longest_shift_run: null,
};

/** The same over `interactions`, for windows of the last n and of some queues; null: not known per interaction. */
const interactionSums: Readonly<Partial<Record<SumName, string>>> = {
  handle_ms: "cast(round(sum(interactions.handle_seconds) * 1000) as bigint)",
  handle_count: "count(interactions.handle_seconds)",
  interactions: "count(*)",
  active_days: "count(distinct interactions.work_date)",
};

/** What the definitions look at: nothing else is summed or sent. */
export function neededSums(definitions: readonly MilestoneDefinition[]): SumName[] {
  const needed = new Set<SumName>(["active_days"]);
  for (const { goal, guards, minimum } of definitions) {
    for (const { source, volume } of [goal, ...guards].map(({ metric }) => metricNamed(metric))) {
      needed.add(source.numerator);
      if (source.denominator !== null) needed.add(source.denominator);
      needed.add(volumeSums[volume]);
    }
    for (const volume of volumes) if (minimum[volume] !== undefined) needed.add(volumeSums[volume]);
  }
  return sumNames.filter((name) => needed.has(name));
}

/**
 * All definitions over all their windows and the whole roster, or some agents of it, in one statement: one row per agent and window, in the
 * agents' order. Names come from the lists above, everything else is bound. Plain SQL: no function that only one warehouse knows.
 */
export function compileEvaluation(
  windows: readonly EvaluationWindow[],
  definitions: readonly MilestoneDefinition[],
  agents: readonly string[] | null = null,
): CompiledEvaluation {
  const values: SqlValue[] = [];
  const bind = (value: SqlValue, type: string) => `cast($${values.push(value)} as ${type})`;
  const sums = neededSums(definitions);
  const ofDays = sums.filter((name) => daySums[name] !== null);
  const moments = [...new Set(windows.map(({ asOf }) => asOf))].map(
    (asOf) => `select ${bind(asOf, "date")} as as_of, ${bind(`${asOf} 12:00:00`, "timestamp")} as noon`,
  );
  const spans = windows.map(
    ({ no, asOf, span, last, queues }) =>
      `select ${bind(no, "integer")} as window_no, ${bind(asOf, "date")} as as_of, ${bind(span.from ?? beginning, "date")} as starts_on, ` +
      `${bind(span.until, "date")} as ends_on, ${bind(last, "integer")} as last_n, ${bind(queues.length > 0 ? 1 : 0, "integer")} as has_queues`,
  );
  const queues = windows.flatMap(({ no, queues: names }) =>
    names.map((name) => `select ${bind(no, "integer")} as window_no, ${bind(name, "varchar")} as queue_name`),
  );
  const perInteraction = windows.some(({ last, queues: names }) => last !== null || names.length > 0);
  const runs = sums.filter((name) => daySums[name] === null);
  const only = agents === null ? noFilter : onlyAsked;
  const parts = [
    ...(agents === null
      ? []
      : [`asked as (\n    ${agents.map((id) => `select ${bind(id, "varchar")} as agent_id`).join("\n    union all ")}\n)`]),
    `moments as (\n    ${moments.join("\n    union all ")}\n)`,
    `windows as (\n    ${spans.join("\n    union all ")}\n)`,
    roster,
    `day_sums as (
    select
        windows.window_no,
        days.agent_id,
        count(*) as days_on_roster,
        count(case when days.handle_state <> 'final' then 1 end) as open_handle_days,
        count(case when days.quality_state <> 'final' then 1 end) as open_quality_days,
        ${ofDays.map((name) => `${daySums[name]} as ${name}`).join(",\n        ")}
    from windows
    inner join marts.fct_agent_day as days
        on days.work_date >= windows.starts_on
        and days.work_date < windows.ends_on${only("days")}
    group by windows.window_no, days.agent_id
)`,
    ...runs.map((name) => runsOf(name, only)),
    ...(perInteraction ? [interactionParts(queues, sums, only)] : []),
  ];
  const columns = sums.map((name) => `${columnOf(name, perInteraction)} as ${name}`);
  const joins = [
    "left join day_sums on windows.window_no = day_sums.window_no and roster.agent_id = day_sums.agent_id",
    ...runs.map((name) => `left join ${name}s on windows.window_no = ${name}s.window_no and roster.agent_id = ${name}s.agent_id`),
    ...(perInteraction
      ? ["left join interaction_sums on windows.window_no = interaction_sums.window_no and roster.agent_id = interaction_sums.agent_id"]
      : []),
  ];
  const sql = `with
${parts.join(",\n\n")}

select
    cast(roster.agent_id as varchar) as agent_id,
    windows.window_no,
    roster.source,
    roster.agent_native_id,
    roster.is_employed,
    roster.site,
    roster.team_id,
    roster.team_name,
    roster.role,
    roster.employment,
    roster.zone,
    roster.shift_ends_at,
    day_sums.days_on_roster,
    day_sums.open_handle_days,
    day_sums.open_quality_days,
    ${columns.join(",\n    ")}
from roster
inner join windows on roster.as_of = windows.as_of
${joins.join("\n")}${only("roster")}
order by roster.agent_id, windows.window_no`;
  return { sql, values, sums };
}

/** Narrows what is read to the agents asked for, as a join: no warehouse but DuckDB takes a subquery in the condition of one. */
type AgentFilter = (table: string) => string;
const noFilter: AgentFilter = () => "";
const onlyAsked: AgentFilter = (table) => `\ninner join asked on cast(${table}.agent_id as varchar) = asked.agent_id`;

function columnOf(name: SumName, perInteraction: boolean): string {
  if (daySums[name] === null) return `coalesce(${name}s.days_long, case when day_sums.agent_id is not null then 0 end)`;
  if (!perInteraction) return `day_sums.${name}`;
  const ofInteractions = interactionSums[name] === undefined ? "null" : `interaction_sums.${name}`;
  return `case when windows.last_n is null and windows.has_queues = 0 then day_sums.${name} else ${ofInteractions} end`;
}

/**
 * Everybody dim_agent knows, as they were at noon UTC of the day: the rule by which the marts place a version. Which of several
 * accounts speaks for a person is int_agents_described's to say.
 */
const roster = `held as (
    select
        moments.as_of,
        spans.subject_id,
        spans.agent_id,
        max(spans.zone) as zone
    from moments
    inner join intermediate.int_agent_spans as spans
        on spans.starts_at <= moments.noon
        and spans.ends_at > moments.noon
    group by moments.as_of, spans.subject_id, spans.agent_id
),

accounts as (
    select
        moments.as_of,
        described.agent_id,
        described.agent_key
    from moments
    inner join intermediate.int_agents_described as described
        on described.starts_at <= moments.noon
        and described.ends_at > moments.noon
),

zones as (
    select
        accounts.as_of,
        accounts.agent_id,
        max(held.zone) as zone
    from accounts
    inner join marts.dim_agent as agents on accounts.agent_key = agents.agent_key
    inner join intermediate.int_agent_links as links
        on agents.agent_id = links.agent_id
        and agents.source = links.source
        and agents.agent_native_id = links.agent_native_id
    inner join held
        on accounts.as_of = held.as_of
        and links.subject_id = held.subject_id
        and links.agent_id = held.agent_id
    group by accounts.as_of, accounts.agent_id
),

shift_ends as (
    select
        moments.as_of,
        shifts.agent_id,
        max(shifts.ends_at) as shift_ends_at
    from moments
    inner join intermediate.int_shifts as shifts on moments.as_of = shifts.work_date
    where not shifts.is_leave
    group by moments.as_of, shifts.agent_id
),

roster as (
    select
        accounts.as_of,
        accounts.agent_id,
        agents.source,
        agents.agent_native_id,
        agents.site,
        agents.team_id,
        agents.team_name,
        agents.role,
        agents.employment,
        zones.zone,
        shift_ends.shift_ends_at,
        coalesce(days.is_employed, false)
        and coalesce(agents.is_active, true)
        and (agents.left_on is null or agents.left_on >= accounts.as_of) as is_employed
    from accounts
    inner join marts.dim_agent as agents on accounts.agent_key = agents.agent_key
    left join marts.fct_agent_day as days
        on accounts.agent_id = days.agent_id
        and accounts.as_of = days.work_date
    left join shift_ends
        on accounts.as_of = shift_ends.as_of
        and accounts.agent_id = shift_ends.agent_id
    left join zones
        on accounts.as_of = zones.as_of
        and accounts.agent_id = zones.agent_id
)`;

/**
 * Islands of days worked: the roster has every day, so a day's number is its row's. A shift run looks at scheduled days, and
 * at days worked without a shift, only: a day off does not break it.
 */
function runsOf(name: SumName, onlyAgents: AgentFilter): string {
  const only = name === "longest_shift_run" ? "\n    where days.is_scheduled or days.interactions > 0" : "";
  return `${name}_days as (
    select
        windows.window_no,
        days.agent_id,
        case when days.interactions > 0 then 1 else 0 end as is_worked,
        row_number() over (partition by windows.window_no, days.agent_id order by days.work_date)
        - row_number() over (
            partition by windows.window_no, days.agent_id, case when days.interactions > 0 then 1 else 0 end
            order by days.work_date
        ) as island
    from windows
    inner join marts.fct_agent_day as days
        on days.work_date >= windows.starts_on
        and days.work_date < windows.ends_on${onlyAgents("days")}${only}
),

${name}_islands as (
    select
        run_days.window_no,
        run_days.agent_id,
        run_days.island,
        count(*) as days_long
    from ${name}_days as run_days
    where run_days.is_worked = 1
    group by run_days.window_no, run_days.agent_id, run_days.island
),

${name}s as (
    select
        islands.window_no,
        islands.agent_id,
        max(islands.days_long) as days_long
    from ${name}_islands as islands
    group by islands.window_no, islands.agent_id
)`;
}

function interactionParts(queues: readonly string[], sums: readonly SumName[], only: AgentFilter): string {
  const named = queues.length > 0 ? queues.join("\n    union all ") : "select 0 as window_no, cast(null as varchar) as queue_name";
  const known = sums.filter((name) => interactionSums[name] !== undefined);
  return `queue_names as (
    ${named}
),

window_queues as (
    select distinct
        queue_names.window_no,
        queues.queue_key
    from queue_names
    inner join marts.dim_queue as queues
        on queue_names.queue_name = queues.queue_native_id
        or queue_names.queue_name = queues.queue_name
),

numbered as (
    select
        windows.window_no,
        windows.last_n,
        interactions.agent_id,
        interactions.work_date,
        interactions.handle_seconds,
        row_number() over (
            partition by windows.window_no, interactions.agent_id
            order by interactions.timestamp_utc desc, interactions.interaction_key
        ) as newest_first
    from windows
    inner join marts.fct_interaction as interactions
        on interactions.work_date >= windows.starts_on
        and interactions.work_date < windows.ends_on
    left join window_queues
        on windows.window_no = window_queues.window_no
        and interactions.queue_key = window_queues.queue_key${only("interactions")}
    where
        interactions.is_handled
        and (windows.last_n is not null or windows.has_queues = 1)
        and (windows.has_queues = 0 or window_queues.queue_key is not null)
        and (windows.last_n is null or interactions.handle_seconds is not null)
),

interaction_sums as (
    select
        interactions.window_no,
        interactions.agent_id,
        ${known.map((name) => `${interactionSums[name]} as ${name}`).join(",\n        ")}
    from numbered as interactions
    where interactions.last_n is null or interactions.newest_first <= interactions.last_n
    group by interactions.window_no, interactions.agent_id
)`;
}
