import { createHmac } from "node:crypto";
import { netstrings } from "../business-key.ts";
import { type SampleRatio, testSampleRatio } from "./sample-ratio.ts";

/** A team as the draw sees it. Teams are drawn, not agents: on a leaderboard agents of one team act on each other. */
export interface HoldoutTeam {
  readonly team: string;
  readonly site: string;
  /** Tenure class of the team's typical agent. */
  readonly tenure: string;
}

export interface HoldoutPlan {
  readonly programme: string;
  /** The share of teams to hold out, above 0 and below 1. */
  readonly share: number;
}

export interface HoldoutAssignment extends HoldoutTeam {
  readonly arm: "holdout" | "treated";
}

/** Median tenure in days to the classes that survival is stratified by, too. */
export function tenureClass(days: number): string {
  if (days <= 90) return "0-90";
  return days <= 365 ? "91-365" : "over 365";
}

/**
 * Draws the holdout: teams in order of stratum (site, tenure) and, within it, of a keyed hash; from a keyed start every
 * 1/share-th one. So each team has the same chance, each stratum gets its share to within one team, the same key gives the
 * same draw, and nobody without the key can predict it. The result is ordered by team.
 */
export function assignHoldout(teams: readonly HoldoutTeam[], { programme, share }: HoldoutPlan, key: Buffer): HoldoutAssignment[] {
  const start = uniform(key, ["start", programme]);
  const ordered = teams
    .map((team) => ({ team, stratum: netstrings([team.site, team.tenure]), rank: hash(key, ["team", programme, team.team]) }))
    .sort((a, b) => compare(a.stratum, b.stratum) || compare(a.rank, b.rank));
  return ordered
    .map(({ team }, place) => {
      const isHeld = Math.floor((place + 1) * share + start) > Math.floor(place * share + start);
      return { ...team, arm: isHeld ? ("holdout" as const) : ("treated" as const) };
    })
    .sort((a, b) => compare(a.team, b.team));
}

function hash(key: Buffer, parts: readonly string[]): string {
  return createHmac("sha256", key)
    .update(netstrings(["gami.holdout.v1", ...parts]))
    .digest("hex");
}

/** In [0, 1), from the first 53 bits. */
function uniform(key: Buffer, parts: readonly string[]): number {
  return Number(BigInt(`0x${hash(key, parts).slice(0, 16)}`) >> 11n) / 2 ** 53;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export interface HoldoutStatus {
  readonly teams: { readonly holdout: number; readonly treated: number };
  /** Teams held out that are enrolled all the same, and so no longer a holdout. */
  readonly enrolledHoldout: readonly string[];
  /** Whether the arms still have the drawn sizes; null when one is empty. */
  readonly sampleRatio: SampleRatio | null;
}

/** What became of the draw: `enrolled` are the teams with at least one enrolled agent, `present` those still there. */
export function checkHoldout(
  assignments: readonly HoldoutAssignment[],
  share: number,
  { enrolled, present }: { enrolled: ReadonlySet<string>; present: ReadonlySet<string> },
): HoldoutStatus {
  const here = assignments.filter(({ team }) => present.has(team));
  const enrolledHoldout = here.filter(({ team, arm }) => arm === "holdout" && enrolled.has(team)).map(({ team }) => team);
  const holdout = here.filter(({ arm }) => arm === "holdout").length - enrolledHoldout.length;
  const treated = here.length - holdout;
  return { teams: { holdout, treated }, enrolledHoldout, sampleRatio: testSampleRatio([holdout, treated], [share, 1 - share]) };
}
