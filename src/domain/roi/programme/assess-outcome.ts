import { dateOfDay, dayNumber, isoWeekOf } from "../../calendar.ts";
import { counted } from "../../counted.ts";
import { type Assessment, assessPanel, defaultDraws, refuse } from "../../estimate/assess-panel.ts";
import { type Finding, lowers, notes, refuses } from "../../estimate/finding.ts";
import type { Allocation } from "../../estimate/grade.ts";
import { type Design, defaultDesign } from "../../estimate/group-time.ts";
import { defaultMergeRule, mergeCohorts } from "../../estimate/merge-cohorts.ts";
import { never, type Panel, unitsWhere } from "../../estimate/panel.ts";
import type { OutcomeName, OutcomePanel, ProgrammeFacts } from "./programme-facts.ts";

/** What somebody said about the roll-out, as far as it decides the design. */
export interface RollOutFacts {
  readonly allocation: Allocation | null;
  readonly holdoutShare: number | null;
  readonly announcedOn: string | null;
}

export interface AssessedOutcome {
  readonly name: OutcomeName;
  readonly design: Design;
  readonly assessment: Assessment;
  /** The panel behind the assessment, for resampling; null when there is no figure. */
  readonly panel: Panel | null;
}

/** Day number of Monday, 5 January 1970: week 0 of every panel here. */
const firstMonday = 4;

export function weekLabel(week: number): string {
  return isoWeekOf(dateOfDay(firstMonday + 7 * week));
}

/** One outcome through all its checks, with the project's own words on who was enrolled and when it was announced. */
export function assessOutcome({ name, build }: OutcomePanel, facts: ProgrammeFacts, rollOut: RollOutFacts): AssessedOutcome {
  if (build.kind === "refused") return { name, design: defaultDesign, assessment: refuse(null, build.findings.map(whyEmpty)), panel: null };
  const { panel, design, merges } = prepareOutcome(build.panel, facts, rollOut);
  const findings = [...build.findings.map((finding) => expectGaps(name, finding)), ...merges, ...describeLeftOut(facts)];
  if (panel.cohorts.length === 0) {
    const tooSmall = refuses("cohorts-too-small", "No enrolment week has five agents in two teams: there is no group to compare.");
    return { name, design, assessment: refuse(build.panel, [...findings, tooSmall]), panel: null };
  }
  const { allocation, holdoutShare } = rollOut;
  const assessment = assessPanel(panel, findings, { ...defaultDraws, design, allocation, holdoutShare, label: weekLabel });
  return { name, design, assessment, panel: assessment.aggregates === null ? null : panel };
}

/** The panel as it is compared: small enrolment weeks merged, and the design that its controls allow. */
export function prepareOutcome(
  collected: Panel,
  { launchedOn }: Pick<ProgrammeFacts, "launchedOn">,
  { announcedOn }: Pick<RollOutFacts, "announcedOn">,
): { readonly panel: Panel; readonly design: Design; readonly merges: readonly Finding[] } {
  const { panel, findings } = mergeCohorts(collected, defaultMergeRule, weekLabel);
  return { panel, design: chooseDesign(panel, launchedOn, announcedOn), merges: findings };
}

/** The panel starts with those at work before the launch: without a row there is nobody who was. */
function whyEmpty(finding: Finding): Finding {
  return finding.code === "empty-panel"
    ? { ...finding, text: "No agent has a week before the first enrolment: there is no before." }
    : finding;
}

/** Evaluations are samples: a week without one is no hole in the data, as it is with handle time. */
function expectGaps(name: OutcomeName, finding: Finding): Finding {
  return name === "quality" && finding.code === "missing-periods" ? { ...finding, severity: "notes" } : finding;
}

/**
 * Never enrolled agents are the controls where they are many enough for grade B, else those enrolled later count too.
 * Weeks between the announcement and the launch are no baseline.
 */
function chooseDesign(panel: Panel, launchedOn: string | null, announcedOn: string | null): Design {
  const untreated = unitsWhere(panel, (unit) => panel.cohortOf[unit] === never);
  const teams = new Set(Array.from(untreated, (unit) => panel.clusterOf[unit])).size;
  const controls = untreated.length >= 10 && teams >= 5 ? "never" : "not-yet";
  return { ...defaultDesign, controls, anticipation: announcedWeeks(launchedOn, announcedOn) };
}

function announcedWeeks(launchedOn: string | null, announcedOn: string | null): number {
  if (launchedOn === null || announcedOn === null || announcedOn >= launchedOn) return 0;
  return Math.ceil((dayNumber(launchedOn) - dayNumber(announcedOn)) / 7);
}

function describeLeftOut({ agentsAfterLaunch, enrolledWithoutPast, movers, agentsInPanel, hasTeams }: ProgrammeFacts): Finding[] {
  const found: Finding[] = [];
  if (!hasTeams) {
    const text = "The source names no teams: agents who work side by side are counted as independent, and intervals may be too narrow.";
    found.push(lowers("no-teams", text));
  }
  if (agentsAfterLaunch > 0) {
    found.push(
      notes("hired-later", `${counted(agentsAfterLaunch, "agent")} began after the launch: left out, without a past to compare with.`),
    );
  }
  if (enrolledWithoutPast > 0) {
    found.push(
      notes(
        "no-past",
        `${counted(enrolledWithoutPast, "enrolled agent has", "enrolled agents have")} fewer than 4 observed weeks before enrolment: left out.`,
      ),
    );
  }
  if (movers.length === 0) return found;
  const text = `${movers.length} of ${agentsInPanel} agents changed teams: counted in the team of their first week.`;
  return [...found, movers.length > 0.1 * agentsInPanel ? lowers("many-movers", text) : notes("movers", text)];
}

/** The weakest word decides: one agent picked by results spoils the comparison for all. */
export function statedAllocation(stated: readonly (string | null)[]): Allocation | null {
  const known: readonly Allocation[] = ["performance", "operational", "random"];
  return known.find((allocation) => stated.includes(allocation)) ?? null;
}
