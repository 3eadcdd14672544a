import { checkHoldout as checkDraw, type HoldoutAssignment, type HoldoutStatus } from "../../domain/estimate/holdout.ts";
import { SourceBrokenError, UsageError } from "../../errors.ts";
import type { OpenTableFile } from "../../ports/table-file.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { readTeams, type TeamNow } from "./assign-holdout.ts";

/** One arm as it stands now; handle time from before anybody was enrolled. */
export interface ArmNow {
  readonly arm: "holdout" | "treated";
  readonly teams: number;
  readonly agents: number;
  readonly medianTenureDays: number | null;
  readonly handleSeconds: number | null;
}

export interface HoldoutReport extends HoldoutStatus {
  readonly programme: string;
  readonly share: number;
  readonly arms: readonly ArmNow[];
  /** Drawn, but nobody is there any more. */
  readonly gone: readonly string[];
  /** There now, but not in the draw. */
  readonly unknown: readonly string[];
}

/** @throws UsageError when there is no such file, SourceBrokenError when it is no assignment of `gami holdout assign`. */
export async function checkHoldout(warehouse: QueryReader, openTable: OpenTableFile, path: string): Promise<HoldoutReport> {
  const { assignments, programme, share } = await readAssignments(openTable, path);
  const teams = await readTeams(warehouse);
  const present = new Set(teams.map(({ team }) => team));
  const enrolled = new Set(teams.filter(({ enrolledAgents }) => enrolledAgents > 0).map(({ team }) => team));
  const drawn = new Set(assignments.map(({ team }) => team));
  return {
    ...checkDraw(assignments, share, { enrolled, present }),
    programme,
    share,
    arms: (["holdout", "treated"] as const).map((arm) => describeArm(arm, assignments, teams)),
    gone: assignments.filter(({ team }) => !present.has(team)).map(({ team }) => team),
    unknown: teams.filter(({ team }) => !drawn.has(team)).map(({ team }) => team),
  };
}

function describeArm(arm: ArmNow["arm"], assignments: readonly HoldoutAssignment[], teams: readonly TeamNow[]): ArmNow {
  const own = new Set(assignments.filter((assignment) => assignment.arm === arm).map(({ team }) => team));
  const members = teams.filter(({ team }) => own.has(team));
  const sum = (pick: (team: TeamNow) => number) => members.reduce((total, team) => total + pick(team), 0);
  const contacts = sum(({ handleCount }) => handleCount);
  const tenures = members.map(({ tenureDays }) => tenureDays).sort((a, b) => a - b);
  return {
    arm,
    teams: members.length,
    agents: sum(({ agents }) => agents),
    medianTenureDays: tenures[Math.floor(tenures.length / 2)] ?? null,
    handleSeconds: contacts === 0 ? null : Math.round((1000 * sum(({ handleSeconds }) => handleSeconds)) / contacts) / 1000,
  };
}

async function readAssignments(openTable: OpenTableFile, path: string) {
  const table = await openTable(path).catch((error: unknown) => {
    throw error instanceof SourceBrokenError && error.code === "FILE_MISSING" ? noDraw(path, error) : error;
  });
  const assignments: HoldoutAssignment[] = [];
  const seen = new Set<string>();
  let [programme, ppm] = ["", Number.NaN];
  for await (const chunk of table.rows()) {
    for (const row of chunk) {
      const { team = "", site = "", tenure = "", arm } = row;
      if ((arm !== "holdout" && arm !== "treated") || team === "" || seen.has(team)) throw notAnAssignment(path, team);
      seen.add(team);
      assignments.push({ team, site, tenure, arm });
      programme = row.programme ?? "";
      ppm = Number(row.share_ppm);
    }
  }
  if (!(ppm > 0 && ppm < 1_000_000)) throw notAnAssignment(path, "");
  return { assignments, programme, share: ppm / 1_000_000 };
}

function noDraw(path: string, cause: unknown): UsageError {
  return new UsageError(`there is no draw at ${path}`, {
    code: "HOLDOUT_MISSING",
    hint: "make one with 'gami holdout assign', or name the file with --file",
    cause,
  });
}

function notAnAssignment(path: string, team: string): SourceBrokenError {
  const place = team === "" ? "" : `, team ${team}`;
  return new SourceBrokenError(
    `${path} is no holdout assignment${place}: expected programme, share_ppm, team, site, tenure and arm (holdout or treated), each team once`,
    {
      code: "HOLDOUT_FILE",
      hint: "use the holdout.csv that 'gami holdout assign --apply' wrote",
    },
  );
}
