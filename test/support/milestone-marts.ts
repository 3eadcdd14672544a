import { createEmptyWarehouse } from "./empty-warehouse.ts";
import { runInWarehouse } from "./roi-marts.ts";

/**
 * The columns of marts and intermediate models that an evaluation reads, by hand and small. test/dbt runs the same
 * statements over what dbt really builds.
 */
const tables: Readonly<Record<string, string>> = {
  "marts.fct_agent_day": `agent_id uuid, work_date date, is_employed boolean, is_scheduled boolean, handle_state varchar, quality_state varchar,
    interactions bigint, handle_count bigint, handle_seconds decimal(18,3), quality_sum decimal(18,3), quality_count bigint,
    csat_sum decimal(18,3), csat_count bigint, scheduled_seconds decimal(18,3), adherent_seconds decimal(18,3), engagement double, points decimal(18,3)`,
  "marts.fct_interaction": `interaction_key uuid, agent_id uuid, queue_key uuid, work_date date, is_handled boolean, handle_seconds decimal(18,3),
    timestamp_utc timestamp`,
  "marts.dim_queue": "queue_key uuid, queue_native_id varchar, queue_name varchar",
  "marts.dim_agent": `agent_key uuid, agent_id uuid, source varchar, agent_native_id varchar, zone varchar, team_id varchar, team_name varchar, site varchar,
    role varchar, employment varchar, hired_on date, left_on date, is_active boolean, is_inferred boolean, valid_from timestamp, valid_to timestamp`,
  "intermediate.int_shifts": "agent_id uuid, work_date date, is_leave boolean, starts_at timestamp, ends_at timestamp",
  "intermediate.int_agent_spans":
    "subject_id uuid, agent_id uuid, zone varchar, offset_seconds bigint, starts_at timestamp, ends_at timestamp",
  "intermediate.int_agent_links":
    "subject_id uuid, agent_id uuid, source varchar, agent_native_id varchar, starts_at timestamp, ends_at timestamp",
  "intermediate.int_sources_loaded": "source varchar, last_date date, final_date date",
};

/** Of people with one account each; a test with more says itself which of them speaks. */
const described = `create view intermediate.int_agents_described as
  select agent_id, valid_from as starts_at, valid_to as ends_at, agent_key from marts.dim_agent`;

export const agentOf = (no: number) => `00000000-0000-0000-0000-${String(no).padStart(12, "0")}`;

export interface MartAgent {
  readonly no: number;
  /** The number of whose account it is, where it is another one of theirs. */
  readonly person?: number;
  readonly zone: string;
  readonly team?: string;
  readonly account?: { readonly source: string; readonly nativeId: string };
}

/** dim_agent, its spans and links for some accounts, one version each, for ever. */
export function agentRows(agents: readonly MartAgent[]): string[] {
  return agents.flatMap(({ no, person = no, zone, team = "t1", account = { source: "csv:test", nativeId: `native-${no}` } }) => [
    `insert into marts.dim_agent values ('${agentOf(no)}', '${agentOf(person)}', '${account.source}', '${account.nativeId}', '${zone}', '${team}', 'Team ${team}', 'North',
      'agent', 'full', null, null, true, false, timestamp '1900-01-01', timestamp '9999-01-01')`,
    `insert into intermediate.int_agent_spans values ('${agentOf(no)}', '${agentOf(person)}', '${zone}', 0, timestamp '1900-01-01', timestamp '9999-01-01')`,
    `insert into intermediate.int_agent_links values ('${agentOf(no)}', '${agentOf(person)}', '${account.source}', '${account.nativeId}', timestamp '1900-01-01',
      timestamp '9999-01-01')`,
  ]);
}

export interface MartDays {
  readonly no: number;
  readonly from: string;
  readonly until: string;
  /** SQL over `day`, a date. */
  readonly interactions?: string;
  readonly seconds?: string;
  readonly quality?: string;
  /** Days after it are provisional. */
  readonly finalDate: string;
}

/** Every day from `from` up to and without `until`. */
export function dayRows({ no, from, until, interactions = "10", seconds = "200", quality = "null", finalDate }: MartDays): string {
  return `insert into marts.fct_agent_day
    select '${agentOf(no)}', day, true, true, case when day <= date '${finalDate}' then 'final' else 'provisional' end,
      case when day <= date '${finalDate}' - 2 then 'final' else 'provisional' end,
      interactions, interactions, interactions * (${seconds}), quality, case when quality is null then 0 else 1 end, null, 0, 28800, 27000, 0.6, 5
    from (
      select cast(stamp as date) as day, cast(${interactions.replaceAll(/\bday\b/g, "cast(stamp as date)")} as bigint) as interactions,
        ${quality.replaceAll(/\bday\b/g, "cast(stamp as date)")} as quality
      from generate_series(timestamp '${from}', timestamp '${until}' - interval 1 day, interval 1 day) as stamps(stamp)
    )`;
}

/** What a dbt run of every model leaves behind: what it could see, what the marts stand for, and its end. */
export function builtRows(seq: number, { lastDate, finalDate }: { readonly lastDate: string; readonly finalDate: string }): string[] {
  const at = `timestamp '2030-01-01 06:00:00' + interval ${seq} minute`;
  return [
    `insert into meta.bound values ('build-${seq}', 'csv:test', 'interaction', ${seq})`,
    `insert into meta.applied values ('marts', 'build-${seq}', 'csv:test', 'interaction', ${seq}, ${at} + interval 1 second)`,
    `insert into meta.build values ('build-${seq}', 0, ${at} + interval 1 second)`,
    "delete from intermediate.int_sources_loaded",
    `insert into intermediate.int_sources_loaded values ('csv:test', date '${lastDate}', date '${finalDate}')`,
  ];
}

/** A warehouse file with these rows in it. */
export async function createMilestoneMarts(path: string, rows: readonly string[]): Promise<void> {
  await createEmptyWarehouse(path);
  await runInWarehouse(path, [...Object.entries(tables).map(([name, columns]) => `create table ${name} (${columns})`), described, ...rows]);
}
