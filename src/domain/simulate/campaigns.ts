import { dayMs } from "./calendar.ts";

export type ChallengeStatus = "draft" | "active" | "paused" | "expired" | "retired";

export interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly metric: "handle_time" | "quality_score" | "sales";
  readonly direction: "at_most" | "at_least";
  readonly thresholdMilli: number;
  readonly pointsMilli: number;
  readonly multiplierMilli: number;
  /** First day of the campaign and the day after its last, counted at 00:00 UTC. */
  readonly startsOn: number;
  readonly endsOn: number;
  readonly budgetMinor: number;
  /** In order; a status holds until the next. */
  readonly statuses: readonly { readonly on: number; readonly status: ChallengeStatus }[];
}

/** A round of campaigns begins every six weeks. */
const roundDays = 42;
/** How long the slump after a campaign lasts. */
export const dipDays = 14;

/** The campaigns of a centre whose programme begins on `launchOn`. */
export function campaignsOf(launchOn: number, lastDay: number): Campaign[] {
  const rounds = Math.max(0, Math.ceil((lastDay + 1 - launchOn) / roundDays));
  return [...Array.from({ length: rounds }, (_, round) => roundOf(launchOn + round * roundDays, round + 1)).flat(), neverStarted(launchOn)];
}

/** One challenge on handle time, and two on the same quality threshold that pay one action twice while both run. */
function roundOf(on: number, round: number): Campaign[] {
  const sprint: Campaign = {
    id: `c-${round}-handle`,
    name: `Handle time sprint ${round}`,
    metric: "handle_time",
    direction: "at_most",
    thresholdMilli: 210_000,
    pointsMilli: 5_000,
    multiplierMilli: 1_000,
    budgetMinor: 250_000,
    ...lifecycle(on, on + 28),
  };
  const quality: Campaign = {
    id: `c-${round}-quality`,
    name: `Quality focus sprint ${round}`,
    metric: "quality_score",
    direction: "at_least",
    thresholdMilli: 85_000,
    pointsMilli: 15_000,
    multiplierMilli: 1_200,
    budgetMinor: 300_000,
    ...lifecycle(on + 7, on + 35, on + 14),
  };
  const stars: Campaign = {
    ...quality,
    id: `c-${round}-stars`,
    name: `Quality stars ${round}`,
    multiplierMilli: 1_000,
    ...lifecycle(on + 14, on + 42),
  };
  return [sprint, quality, stars];
}

/** Announced a week before, paused for three days where asked, expired at the end, retired three weeks later. */
function lifecycle(startsOn: number, endsOn: number, pausedOn?: number): Pick<Campaign, "startsOn" | "endsOn" | "statuses"> {
  const pause =
    pausedOn === undefined
      ? []
      : ([
          { on: pausedOn, status: "paused" },
          { on: pausedOn + 3, status: "active" },
        ] as const);
  return {
    startsOn,
    endsOn,
    statuses: [
      { on: startsOn - 7, status: "draft" },
      { on: startsOn, status: "active" },
      ...pause,
      { on: endsOn, status: "expired" },
      { on: endsOn + 21, status: "retired" },
    ],
  };
}

function neverStarted(launchOn: number): Campaign {
  return {
    id: "c-draft-sales",
    name: "Sales spring (never started)",
    metric: "sales",
    direction: "at_least",
    thresholdMilli: 3_000,
    pointsMilli: 20_000,
    multiplierMilli: 1_000,
    budgetMinor: 100_000,
    startsOn: launchOn,
    endsOn: launchOn + 28,
    statuses: [{ on: launchOn, status: "draft" }],
  };
}

export function statusAt(campaign: Campaign, instant: number): ChallengeStatus | null {
  let status: ChallengeStatus | null = null;
  for (const change of campaign.statuses) if (instant >= change.on * dayMs) status = change.status;
  return status;
}

export function activeCampaigns(campaigns: readonly Campaign[], metric: Campaign["metric"], instant: number): Campaign[] {
  return campaigns.filter((campaign) => campaign.metric === metric && statusAt(campaign, instant) === "active");
}

/** 1 on the day a handle time campaign ended, fading to 0 over the next 14; null outside a slump. */
export function dipShare(campaigns: readonly Campaign[], day: number): number | null {
  const ended = campaigns.find(({ metric, endsOn }) => metric === "handle_time" && day >= endsOn && day < endsOn + dipDays);
  return ended === undefined ? null : 1 - (day - ended.endsOn) / dipDays;
}
