import { builtRows, createMilestoneMarts } from "./milestone-marts.ts";

/** What `challenges adjust` reads beside the tables of an evaluation, by hand and small; test/dbt runs it over what dbt really builds. */
const tables = [
  "alter table marts.fct_agent_day add column iso_week varchar",
  `create table marts.dim_challenge (challenge_id uuid, source varchar, challenge_native_id varchar, challenge_name varchar, multiplier double,
    budget_minor bigint, starts_at timestamp, ends_at timestamp, is_inferred boolean, valid_from timestamp, valid_to timestamp)`,
  "create table intermediate.int_challenge_states (challenge_id uuid, status varchar, valid_from timestamp, valid_to timestamp)",
  "create table marts.fct_challenge_month (challenge_id uuid, direct_cost_minor bigint)",
  "create table intermediate.int_costs (challenge_id uuid, kind varchar, incurred_on date, is_counted boolean)",
  "create table marts.fct_gamification_event (challenge_id uuid, agent_id uuid, work_date date)",
];

export const challengeId = "10000000-0000-0000-0000-000000000001";
const people = 40;
const dayMs = 86_400_000;
const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10);

/**
 * One active challenge with 40 participants who lose interest (.49, then .48 in the last two whole weeks) while their work gets better and
 * stays steady, as of two days before `now`.
 */
export async function createChallengeMarts(path: string, challenge: { readonly nativeId: string; readonly now: number }): Promise<void> {
  const lastDay = dateOf(challenge.now - dayMs);
  const asOf = dateOf(challenge.now - 2 * dayMs);
  const agent = "cast(printf('00000000-0000-0000-0000-%012d', no) as uuid)";
  const forEver = "timestamp '1900-01-01', timestamp '9999-01-01'";
  await createMilestoneMarts(path, [
    ...tables,
    `insert into marts.dim_challenge values ('${challengeId}', 'genesys', '${challenge.nativeId}', 'Sprint', 1, 250000,
      date '${asOf}' - 30, date '${asOf}' + 60, false, ${forEver})`,
    `insert into intermediate.int_challenge_states values ('${challengeId}', 'active', ${forEver})`,
    `insert into marts.fct_challenge_month values ('${challengeId}', 62000)`,
    `insert into intermediate.int_costs values ('${challengeId}', 'reward', date '${asOf}', true)`,
    `insert into marts.fct_gamification_event select '${challengeId}', ${agent}, date '${asOf}' from range(1, ${people + 1}) as numbers(no)`,
    `insert into marts.fct_agent_day
      select ${agent}, day, true, true, 'final', 'final', 10, 10, 2000 * (1 + 0.1 * (isodow(day) % 2)),
        80 + 0.2 * date_diff('day', date '${asOf}' - 60, day) + (no * 7 + isodow(day) * 13) % 11 / 10, 1, null, 0, 28800, 27000,
        case when day >= date_trunc('week', date '${asOf}' + 1) - interval 7 day then 0.48 else 0.49 end, 5, strftime(day, '%G-W%V')
      from range(1, ${people + 1}) as numbers(no), (
        select cast(stamp as date) as day
        from generate_series(timestamp '${asOf}' - interval 60 day, timestamp '${lastDay}', interval 1 day) as stamps(stamp)
      )`,
    `insert into intermediate.int_shifts
      select ${agent}, cast(stamp as date), false, stamp, stamp + interval 8 hour
      from range(1, ${people + 1}) as numbers(no), generate_series(timestamp '${asOf}', timestamp '${asOf}' + interval 14 day, interval 1 day) as stamps(stamp)`,
    `insert into marts.dim_agent select ${agent}, ${agent}, 'genesys', 'a' || no, 'UTC', 't1', 'Team', 'North', 'agent', 'full', null, null, true, false,
      ${forEver} from range(1, ${people + 1}) as numbers(no)`,
    ...builtRows(1, { lastDate: lastDay, finalDate: asOf }),
  ]);
}
