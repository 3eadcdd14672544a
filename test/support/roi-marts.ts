import { DuckDBInstance } from "@duckdb/node-api";
import { createEmptyWarehouse } from "./empty-warehouse.ts";

/**
 * The columns of marts and intermediate models that sql/reports reads, by hand and small, so that its statements can be
 * tried without dbt. test/dbt runs the same statements over what dbt really builds.
 */
const tables: Readonly<Record<string, string>> = {
  "marts.fct_agent_day": `agent_id uuid, work_date date, year_month varchar, iso_week varchar, is_scheduled boolean, handle_state varchar,
    interactions bigint, handle_count bigint, handle_seconds decimal(18,3), quality_sum decimal(18,3), quality_count bigint,
    engagement double, event_count bigint, points decimal(18,3), engagement_7d double`,
  "marts.fct_interaction": "work_date date, outcome varchar, agent_id uuid",
  "marts.fct_gamification_event": "challenge_id uuid, agent_id uuid, work_date date, points decimal(18,3)",
  "marts.fct_program_month": `year_month varchar, agents_employed_at_start bigint, points_paid decimal(18,3), points_credited double,
    points_unattributed double, points_unattributed_unweighted double, compared_agents bigint, compared_contacts bigint,
    handle_hours_saved double, handle_benefit_minor double, handle_reason varchar, quality_agent_months_gained double,
    quality_benefit_minor double, operational_benefit_minor double, operational_cost_minor double, stability_agents bigint,
    stability_leavers bigint, stability_expected_leavers double, stability_benefit_minor double, stability_cost_minor double,
    stability_reason varchar`,
  "marts.fct_challenge_month": `year_month varchar, challenge_id uuid, challenge_name varchar, is_unattributed boolean, active_agents bigint,
    actions_credited double, points_paid decimal(18,3), points_credited double, points_credited_unweighted double,
    benefit_unweighted_minor double, benefit_minor double, cost_minor double, handle_reason varchar`,
  "marts.fct_data_quality_month": `year_month varchar, events_sent bigint, events_repeated bigint, event_count bigint, scored_events bigint,
    weak_key_events bigint, point_events bigint, overlapping_events bigint, scored_agent_days bigint, overflow_agent_days bigint`,
  "marts.dim_challenge": `challenge_id uuid, challenge_name varchar, challenge_native_id varchar, starts_at timestamp, ends_at timestamp,
    valid_from timestamp, multiplier double, points_per_unit double, threshold double, source varchar`,
  "marts.dim_agent": `agent_key uuid, agent_id uuid, source varchar, team_id varchar, team_name varchar, hired_on date, left_on date,
    left_reason varchar, is_current boolean, valid_from timestamp, agent_native_id varchar, site varchar, is_active boolean, zone varchar`,
  "intermediate.int_costs": "year_month varchar, kind varchar, amount_minor bigint, is_counted boolean, cost_key uuid, incurred_on date",
  "intermediate.int_first_enrolments": "agent_id uuid, enrolled_on date, allocation varchar",
  "intermediate.int_baselines_by_agent": "agent_id uuid, baseline_handle_seconds double",
  "intermediate.int_effects_by_agent_day": `agent_id uuid, days_since_enrolment bigint, compared_contacts bigint, handle_seconds_saved double,
    baseline_reason varchar, year_month varchar, handle_seconds double, quality_points_gained double`,
  "intermediate.int_challenge_states": "challenge_id uuid, status varchar, changed_on timestamp, valid_from timestamp, valid_to timestamp",
  "intermediate.int_shifts": "agent_id uuid, work_date date, starts_at timestamp, zone varchar, is_leave boolean",
  "intermediate.int_turnover_by_agent_month": `year_month varchar, threshold_name varchar, threshold double, risk_exposure double,
    employed_fraction double, leave_probability double, risk_cost_minor double, agent_id uuid`,
  "intermediate.int_stability_by_month": "year_month varchar",
  "intermediate.int_interactions_resolved": "is_empty boolean, is_unmapped boolean, work_date date, event_at timestamp",
};

/** Weeks follow from the days, as in the real mart; the first version of an agent is its only one. */
const weeks = `create view marts.fct_agent_week as
  select agent_id, agent_id as agent_key, iso_week, cast(date_trunc('week', work_date) as date) as week_start_date,
    sum(handle_count) as handle_count, sum(handle_seconds) as handle_seconds, sum(quality_sum) as quality_sum,
    sum(quality_count) as quality_count, count(*) as employed_days, sum(points) as points, avg(engagement) as engagement,
    count(engagement) as engagement_days_used, count(case when interactions > 0 then 1 end) as worked_days
  from marts.fct_agent_day group by all`;

/** One stint each, as the current version says. */
const employment = `create view intermediate.int_employment as
  select agent_id, 1 as stint_no, hired_on, left_on, left_reason from marts.dim_agent where is_current`;

const build = "insert into meta.build values ('build-1', 0, timestamp '2026-04-01 06:00:00')";

/** Two periods of one agent: the totals of the bank log's first and fourth week, on one day each. */
export const bankLikeRows: readonly string[] = [
  build,
  "insert into meta.applied values ('fct_agent_day', 'build-1', 'csv:bank', 'interaction', 1, timestamp '2026-04-01 06:00:00')",
  `insert into marts.fct_agent_day values
    ('00000000-0000-0000-0000-000000000001', '1999-02-01', '1999-02', '1999-W05', false, 'final', 7304, 7304, 1244805, null, 0, null, 0, 0, null),
    ('00000000-0000-0000-0000-000000000001', '1999-02-22', '1999-02', '1999-W08', false, 'provisional', 6156, 6156, 1203060, null, 0, null, 0, 0, null)`,
];

/** A programme in small: two agents, one enrolled and with a baseline, one challenge that expired, one cost. */
export const programmeRows: readonly string[] = [
  build,
  `insert into marts.fct_agent_day
    select agent_id, cast(day as date), strftime(day, '%Y-%m'), strftime(day, '%G-W%V'), true, 'final', 10, 10, 3000 - 10 * effect, 80, 1, 0.6, 2, 5, 0.6
    from (values ('00000000-0000-0000-0000-000000000001'::uuid, 1), ('00000000-0000-0000-0000-000000000002'::uuid, 0)) as agents(agent_id, effect),
      generate_series(timestamp '2026-01-05', timestamp '2026-03-29', interval 1 day) as days(day)`,
  "insert into marts.dim_challenge values ('00000000-0000-0000-0000-0000000000c1', 'Sprint', 'c-1', timestamp '2026-02-02', timestamp '2026-03-01', timestamp '1900-01-01', 1, 10, 85, 'genesys')",
  `insert into intermediate.int_challenge_states values
    ('00000000-0000-0000-0000-0000000000c1', 'active', timestamp '2026-02-02', timestamp '2026-02-02', timestamp '2026-03-01'),
    ('00000000-0000-0000-0000-0000000000c1', 'expired', timestamp '2026-03-01', timestamp '2026-03-01', timestamp '9999-12-31')`,
  `insert into marts.fct_gamification_event values
    ('00000000-0000-0000-0000-0000000000c1', '00000000-0000-0000-0000-000000000001', '2026-02-10', 40)`,
  `insert into marts.fct_challenge_month values
    ('2026-02', '00000000-0000-0000-0000-0000000000c1', 'Sprint', false, 1, 4, 40, 30, 35, 120000.4, 100000, 80000, null),
    ('2026-03', '00000000-0000-0000-0000-0000000000ff', 'Unattributed', true, 1, 1, 5, 5, 5, 0, 0, 0, null)`,
  `insert into marts.fct_program_month values
    ('2026-02', 2, 45, 35, 5, 0, 1, 270, 1.5, 4500.2, null, 2.5, 0, 1500, 1000, 0, 0, null, null, null, 'no enrolled agent reached 90 days of follow-up in this month')`,
  `insert into marts.fct_data_quality_month values ('2026-02', 400, 12, 388, 300, 10, 100, 7, 50, 1)`,
  "insert into intermediate.int_costs (year_month, kind, amount_minor, is_counted) values ('2026-02', 'reward', 60000, true), ('2026-02', 'reward', 20000, true), ('2026-02', 'admin', 99, false)",
  "insert into intermediate.int_first_enrolments values ('00000000-0000-0000-0000-000000000001', '2026-02-02', 'random')",
  "insert into intermediate.int_baselines_by_agent values ('00000000-0000-0000-0000-000000000001', 300)",
  `insert into intermediate.int_effects_by_agent_day
    (agent_id, days_since_enrolment, compared_contacts, handle_seconds_saved, baseline_reason)
    select '00000000-0000-0000-0000-000000000001', day, 10, 100, null from generate_series(0, 55) as days(day)`,
  `insert into intermediate.int_turnover_by_agent_month
    (year_month, threshold_name, threshold, risk_exposure, employed_fraction, leave_probability, risk_cost_minor) values
    ('2026-02', 'risk', 0.4, 0.25, 1, 0.03, 1000), ('2026-02', 'risk', 0.4, 0, 1, 0.02, 0), ('2026-02', 'trigger', 0.5, 0.5, 1, 0.03, 2000)`,
];

/** A warehouse file with these rows in it. */
export async function createMartsWarehouse(path: string, rows: readonly string[]): Promise<void> {
  await createEmptyWarehouse(path);
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (const [name, columns] of Object.entries(tables)) await connection.run(`create table ${name} (${columns})`);
  for (const sql of [weeks, employment, ...rows]) await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

/** Runs statements in a file nobody else has open. */
export async function runInWarehouse(path: string, statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (const sql of statements) await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}
