import { assignHoldout as drawHoldout, type HoldoutAssignment, type HoldoutPlan, tenureClass } from "../../domain/estimate/holdout.ts";
import { streamDefinition } from "../../domain/records/streams.ts";
import { mappingText } from "../../domain/simulate/mapping-text.ts";
import { prepareNoonOf } from "../../domain/zone.ts";
import { UsageError } from "../../errors.ts";
import type { OutputFolder } from "../../ports/output-folder.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { readMartsState } from "./marts-state.ts";
import { reportSql } from "./report-sql.ts";
import { count, text, textOrNull } from "./row-values.ts";

/** A team as the warehouse knows it now. */
export interface TeamNow {
  /** `csv:calls team-7`: sources may use the same team names. */
  readonly team: string;
  readonly source: string;
  readonly site: string;
  readonly tenureDays: number;
  readonly agents: number;
  readonly enrolledAgents: number;
  readonly handleSeconds: number;
  readonly handleCount: number;
}

export interface HoldoutDraw {
  readonly assignments: readonly HoldoutAssignment[];
  readonly teams: readonly TeamNow[];
}

export const assignmentFile = "holdout.csv";
export const holdoutMarker = ".gami-holdout";
const assignmentColumns = ["programme", "share_ppm", "team", "site", "tenure", "arm"] as const;

export async function readTeams(warehouse: QueryReader): Promise<TeamNow[]> {
  await readMartsState(warehouse);
  return (await warehouse.rows(reportSql("holdout-teams"))).map((row) => ({
    team: `${text(row, "source")} ${text(row, "team")}`,
    source: text(row, "source"),
    site: text(row, "site"),
    tenureDays: count(row, "tenure_days"),
    agents: count(row, "agents"),
    enrolledAgents: count(row, "enrolled_agents"),
    handleSeconds: count(row, "handle_seconds"),
    handleCount: count(row, "handle_count"),
  }));
}

/**
 * Draws teams by site and tenure; nothing is written.
 * @throws UsageError when there are too few teams for an arm each, or somebody is enrolled already.
 */
export async function drawTeams(warehouse: QueryReader, plan: HoldoutPlan, key: Buffer): Promise<HoldoutDraw> {
  const teams = await readTeams(warehouse);
  const enrolled = teams.filter(({ enrolledAgents }) => enrolledAgents > 0);
  if (enrolled.length > 0) {
    throw new UsageError(`${enrolled.length} teams are enrolled already, so a draw now would not be one`, {
      code: "HOLDOUT_TOO_LATE",
      hint: "draw before the first enrolment; 'gami holdout status' looks at a draw made before",
    });
  }
  const assignments = drawHoldout(
    teams.map(({ team, site, tenureDays }) => ({ team, site, tenure: tenureClass(tenureDays) })),
    plan,
    key,
  );
  const held = assignments.filter(({ arm }) => arm === "holdout").length;
  if (held === 0 || held === assignments.length) {
    throw new UsageError(`of ${teams.length} teams a share of ${plan.share} holds out ${held}: there is nothing to compare`, {
      code: "HOLDOUT_TOO_SMALL",
      hint: "choose a --share that leaves teams on both sides",
    });
  }
  return { assignments, teams };
}

export interface EnrolmentPlan extends HoldoutPlan {
  /** `YYYY-MM-DD`. */
  readonly enrolOn: string;
}

/** Sources whose agents a CSV enrolment can name: agents of a platform carry that platform's own keys. */
export function enrolmentSources({ teams }: HoldoutDraw): { readonly written: readonly string[]; readonly left: readonly string[] } {
  const sources = [...new Set(teams.map(({ source }) => source))].sort();
  return { written: sources.filter((source) => source.startsWith("csv:")), left: sources.filter((source) => !source.startsWith("csv:")) };
}

/** Names of sources are fit for files as they are (a-z, 0-9, _ and -): changed, two of them could become one. */
function enrolmentName(source: string): string {
  return `enrolments-${source.slice("csv:".length)}`;
}

export function holdoutFileNames(draw: HoldoutDraw): string[] {
  const { written } = enrolmentSources(draw);
  return [assignmentFile, ...written.flatMap((source) => [`${enrolmentName(source)}.csv`, `${enrolmentName(source)}.mapping.yaml`])];
}

/** The draw, and who to enrol: one CSV with its mapping per source, ready for `gami import csv`. */
export async function writeHoldout(
  warehouse: QueryReader,
  folder: OutputFolder,
  draw: HoldoutDraw,
  plan: EnrolmentPlan,
): Promise<string[]> {
  const names: string[] = [];
  const write = async (name: string, lines: readonly string[]) => {
    const sink = await folder.open(name);
    for (const line of lines) sink.add(line);
    await sink.drain();
    await sink.close();
    names.push(name);
  };
  const stream = streamDefinition("enrolment");
  const armOf = new Map(draw.assignments.map(({ team, arm }) => [team, arm] as const));
  const noonIn = prepareEnrolment(plan);
  const members = await warehouse.rows(reportSql("holdout-agents"), [plan.enrolOn]);
  for (const source of enrolmentSources(draw).written) {
    const enrolled = members.filter((row) => text(row, "source") === source && armOf.get(`${source} ${text(row, "team")}`) === "treated");
    const header = `${stream.columns.map(({ name }) => name).join(",")}\n`;
    const rows = enrolled.map((row) =>
      csvText([plan.programme, text(row, "agent_native_id"), noonIn(textOrNull(row, "zone")), "", "random"]),
    );
    const file = `${enrolmentName(source)}.csv`;
    await write(file, [header, ...rows]);
    await write(`${enrolmentName(source)}.mapping.yaml`, [mappingText(stream, source.slice("csv:".length), file)]);
  }
  const share = String(Math.round(plan.share * 1_000_000));
  const lines = draw.assignments.map(({ team, site, tenure, arm }) => csvText([plan.programme, share, team, site, tenure, arm]));
  await write(assignmentFile, [`${assignmentColumns.join(",")}\n`, ...lines]);
  return names;
}

/** Everybody's own noon: noon in UTC is the next day from UTC+12 on, and on a Sunday the next week. */
function prepareEnrolment({ enrolOn }: EnrolmentPlan): (zone: string | null) => string {
  const known = new Map<string, string>();
  return (zone) => {
    const name = zone ?? "UTC";
    const at = known.get(name) ?? new Date(prepareNoonOf(name)(enrolOn)).toISOString().replace(".000Z", "Z");
    known.set(name, at);
    return at;
  };
}

function csvText(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")}\n`;
}
