/** A roll-out in marts, made by SQL alone: teams enrolled in waves, handle time with noise that no chance makes. */
export interface RollOutRows {
  readonly teams: number;
  readonly agentsPerTeam: number;
  readonly weeks: number;
  /** Week of enrolment per team number, null for never. As SQL over `team`, an integer from 0. */
  readonly treatedFrom: string;
  /** Seconds per interaction, as SQL over `agent`, `team`, `week` and `treated` (boolean). */
  readonly seconds: string;
  readonly quality: string;
  /** Of a day, as SQL over the same names and `day` of the week, 0 to 6; and points of a day. */
  readonly engagement: string;
  readonly points: string;
  /** Agent-weeks that are there, as SQL over the same names. */
  readonly isThere: string;
  /** Name of the team, as SQL over `team` and `agent`. */
  readonly teamName: string;
  readonly allocation: string;
  readonly costMinor: number;
  readonly more: readonly string[];
}

/** Between -0.5 and 0.5, from a hash, so that it looks like chance and is the same everywhere. */
const shock = (of: string) => `(('0x' || left(md5(${of}), 6))::integer / 16777216.0 - 0.5)`;
const noise = `40 * ${shock("agent || '-' || week")} + 10 * ${shock("'t' || team || '-' || week")}`;

export const rollOut: RollOutRows = {
  teams: 12,
  agentsPerTeam: 5,
  weeks: 20,
  treatedFrom: "case when team % 3 = 0 then 9 when team % 3 = 1 then 11 end",
  seconds: `300 + agent % 7 + ${noise} - case when treated then 8 else 0 end`,
  quality: `80 + 4 * ${shock("'q' || agent || '-' || week")}`,
  engagement: "0.6",
  points: "case when treated then 5 else 0 end",
  isThere: "true",
  teamName: "'t' || team",
  allocation: "operational",
  costMinor: 200_000,
  more: [],
};

const monday = "date '2026-01-05'";
const agentId = "cast(printf('00000000-0000-0000-0000-%012d', agent) as uuid)";

/** The statements for `createMartsWarehouse`; `changes` makes them bad in one way. */
export function rollOutRows(changes: Partial<RollOutRows> = {}): string[] {
  const made = { ...rollOut, ...changes };
  const { teams, agentsPerTeam, weeks, treatedFrom, seconds, quality, engagement, points, isThere, teamName, allocation, costMinor, more } =
    made;
  const people = `people as (
    select agent, team, treated_from from (
      select agent, cast(floor(agent / ${agentsPerTeam}) as integer) as team from generate_series(0, ${teams * agentsPerTeam - 1}) as agents(agent)
    ), lateral (select ${treatedFrom} as treated_from))`;
  const build = "insert into meta.build values ('build-1', 0, timestamp '2026-12-31 06:00:00')";
  const days = `insert into marts.fct_agent_day
    with ${people},
    cells as (
      select agent, team, week, day, treated_from is not null and week >= treated_from as treated, ${monday} + 7 * cast(week as integer) + cast(day as integer) as work_date
      from people, generate_series(0, ${weeks - 1}) as all_weeks(week), generate_series(0, 6) as all_days(day)
    )
    select ${agentId}, work_date, strftime(work_date, '%Y-%m'), strftime(work_date, '%G-W%V'), true, 'final', 12, 12, 12 * (${seconds}),
      ${quality}, case when ${quality} is null then 0 else 1 end, ${engagement}, 2, ${points}, ${engagement}
    from cells where ${isThere}`;
  const agents = `insert into marts.dim_agent
    with ${people}
    select ${agentId}, ${agentId}, 'csv:test', ${teamName}, null, date '2025-01-06', null, null, true, timestamp '2025-01-06', 'native-' || agent,
      case when team % 2 = 0 then 'North' else 'South' end, true, 'UTC' from people`;
  const enrolments = `insert into intermediate.int_first_enrolments
    with ${people}
    select ${agentId}, ${monday} + 7 * treated_from, '${allocation}' from people where treated_from is not null`;
  const baselines = `insert into intermediate.int_baselines_by_agent
    select agent_id, case when enrolled_on >= ${monday} + 28 then 300 end from intermediate.int_first_enrolments`;
  const months = `insert into marts.fct_program_month
    select year_month, 60, 0, 0, 0, 0, 10, 1000, 1.5, 4500.2, null, 2.5, 0, 1500, 1000, 0, 0, null, null, null, 'none'
    from (select distinct year_month from marts.fct_agent_day) as found`;
  const costs =
    costMinor === 0
      ? []
      : [
          `insert into intermediate.int_costs (year_month, kind, amount_minor, is_counted) values ('2026-03', 'licence', ${costMinor}, true)`,
        ];
  const settings = ["loaded_rate_minor_per_hour=3000", "realisation_ppm=600000", "currency=USD"].map((setting) => {
    const [name = "", value = ""] = setting.split("=");
    return `insert into meta.setting values ('${name}', '${value}')`;
  });
  return [build, days, agents, enrolments, baselines, months, ...costs, ...settings, ...more];
}
