import { type ChallengeEffect, estimateChallenges, type Participation } from "../../estimate/challenge-effects.ts";
import { inferFrom } from "../../estimate/effect.ts";
import type { Allocation } from "../../estimate/grade.ts";
import { defaultDesign } from "../../estimate/group-time.ts";
import type { Panel } from "../../estimate/panel.ts";
import { absent, type DayRange, type Evidence, type Figure } from "../report/figure.ts";
import { weekLabel } from "./assess-outcome.ts";
import { effectFigure } from "./describe-outcome.ts";
import type { ChallengeEffectRow } from "./programme-assessment.ts";
import type { ProgrammeFacts } from "./programme-facts.ts";

/** A report is read, and each challenge walks the whole panel. */
const mostChallenges = 24;

/** The slump after a campaign belongs to it. */
const aftermathWeeks = 2;

/** Grade B asks for as many on each side. */
const fewestAgents = 10;

/** Handle time by challenge, the latest first. Nothing without a panel, as nothing can be compared then. */
export function assessChallenges({ panels, participations, window }: ProgrammeFacts, allocation: Allocation | null): ChallengeEffectRow[] {
  const build = panels.find(({ name }) => name === "handle_time")?.build;
  if (build === undefined || build.kind === "refused") return [];
  const { panel } = build;
  const units = new Set(panel.units);
  const inPanel = participations.filter(({ unit }) => units.has(unit));
  const latest = new Set(latestOf(inPanel));
  return estimateChallenges(panel, inPanel, { design: defaultDesign, aftermath: aftermathWeeks }, (challenge) => latest.has(challenge))
    .challenges.map((measured) => describe(panel, measured, window, allocation))
    .sort((a, b) => (a.launchedIn < b.launchedIn ? 1 : a.launchedIn > b.launchedIn ? -1 : a.challengeId < b.challengeId ? -1 : 1));
}

function latestOf(participations: readonly Participation[]): string[] {
  const launches = new Map<string, number>();
  for (const { challenge, from } of participations) launches.set(challenge, Math.min(from, launches.get(challenge) ?? from));
  const byLaunch = [...launches].sort(([one, left], [other, right]) => right - left || (one < other ? -1 : 1));
  return byLaunch.slice(0, mostChallenges).map(([challenge]) => challenge);
}

function describe(panel: Panel, measured: ChallengeEffect, window: DayRange | null, allocation: Allocation | null): ChallengeEffectRow {
  const { challenge, launch, participants, controls } = measured;
  const evidence: Evidence = { n: participants, of: `agents in it, ${controls} in no challenge meanwhile`, window };
  return {
    challengeId: challenge,
    launchedIn: weekLabel(launch),
    participants,
    controls,
    effect: effectOf(panel, measured, evidence, allocation),
  };
}

function effectOf(
  panel: Panel,
  { effect, participants, controls }: ChallengeEffect,
  evidence: Evidence,
  allocation: Allocation | null,
): Figure {
  const none = (reason: string) => absent(reason, "seconds", evidence);
  if (allocation === "performance") return none("withheld: agents were chosen by their results");
  if (Math.min(participants, controls) < fewestAgents)
    return none(`fewer than ${fewestAgents} agents in it, or in no challenge from 8 weeks before its launch to two weeks after its end`);
  if (effect === null) return none("fewer than 4 weeks before its launch, or none after it");
  return effectFigure(inferFrom(panel, effect), "seconds", evidence);
}
