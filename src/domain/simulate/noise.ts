import { drawsOf, purposes, type Seed, standardNormal } from "./random.ts";

/**
 * What moves handle time from week to week besides the programme. All in milliseconds.
 * Random access: any week can be asked for alone.
 */

/** Correlation of one agent's deviation with that of the week before. */
export const weekCorrelation = 0.5;
/** Weeks looked back: what lies further has a weight under 1e-7. */
const memoryWeeks = 24;
const agentDeviation = 10_000;
const teamDeviation = 2_000;
const centreDeviation = 4_000;

/** An AR(1) series written as the sum of its past shocks, so that no week needs the one before. */
export function agentWeekNoiseMs(seed: Seed, subject: number, week: number): number {
  let weight = Math.sqrt(1 - weekCorrelation * weekCorrelation) * agentDeviation;
  let sum = 0;
  for (let back = 0; back < memoryWeeks; back += 1) {
    sum += weight * standardNormal(drawsOf(seed, purposes.agentNoise, subject, week - back));
    weight *= weekCorrelation;
  }
  return sum;
}

/** What a whole team has in common in a week (a difficult customer, a broken tool): why errors are clustered by team. */
export function teamWeekNoiseMs(seed: Seed, teamIndex: number, week: number): number {
  return teamDeviation * standardNormal(drawsOf(seed, purposes.teamNoise, teamIndex, week));
}

/** What all have in common in a week; differences between groups are free of it. */
export function centreWeekNoiseMs(seed: Seed, week: number): number {
  return centreDeviation * standardNormal(drawsOf(seed, purposes.centreNoise, 0, week));
}
