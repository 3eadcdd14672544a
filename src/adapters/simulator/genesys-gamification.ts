import { dateText, dayMs, dayOf } from "../../domain/simulate/calendar.ts";
import { type Campaign, statusAt } from "../../domain/simulate/campaigns.ts";
import type { Agent } from "../../domain/simulate/careers.ts";
import { sites } from "../../domain/simulate/organisation.ts";
import { seenAt } from "./centre.ts";
import { type Asked, fieldOf, isoText, json, listField, type Reply, type Route, textField } from "./exchange.ts";
import { numbered } from "./genesys-directory.ts";
import { badRequest, genesysError, notFound } from "./genesys-errors.ts";
import { findListed, localDayAt, membersAt, siteById } from "./people.ts";
import type { SimulatorState } from "./state.ts";

type Json = Readonly<Record<string, unknown>>;

export const metricNames = ["handle_time", "quality_score", "resolution"] as const;
const longestTrendDays = 400;

/** Profiles, members, scorecards and contests: points per agent and workday, no events. */
export function genesysGamification(state: SimulatorState): Route[] {
  const route = (method: Route["method"], path: string, permission: string, answer: Route["answer"]): Route => ({
    method,
    path: `/api/v2/gamification/${path}`,
    permission: `gamification:${permission}`,
    answer,
    platform: "genesys",
  });
  const { world } = state.centre;
  return [
    route("GET", "status", "profile:view", () =>
      json({ isActive: true, dateStart: dateText(world.rollOut.launchDays[0]), automaticUserAssignment: true }),
    ),
    route("GET", "profiles", "profile:view", () => json({ total: sites.length, entities: sites.map(({ id }) => profileOf(state, id)) })),
    route("GET", "profiles/:id", "profile:view", ({ params }) => {
      const id = params.id?.replace(/^pp-/, "") ?? "";
      return siteById(id) === undefined ? notFound("profile") : json(profileOf(state, id));
    }),
    route("GET", "profiles/:id/members", "profile:view", ({ params }) => {
      const site = siteById(params.id?.replace(/^pp-/, "") ?? "");
      if (site === undefined) return notFound("profile");
      const entities = membersAt(world, site, state.now).map(({ agent }) => ({
        id: agent.nativeId,
        selfUri: `/api/v2/users/${agent.nativeId}`,
      }));
      return json({ entities });
    }),
    route("GET", "profiles/:id/metrics", "profile:view", ({ params }) =>
      json({ total: metricNames.length, entities: metricNames.map((name) => metricOf(params.id ?? "", name)) }),
    ),
    route("GET", "scorecards/users/:id", "scorecard:viewAll", (asked) => scorecard(state, asked)),
    route("GET", "scorecards/users/:id/points/trends", "scorecard:viewAll", (asked) => pointsTrend(state, asked)),
    route("GET", "contests", "contest:viewAll", (asked) =>
      json(
        numbered(
          asked,
          contestsAt(state).map((campaign) => contestOf(state, campaign)),
          100,
        ),
      ),
    ),
    route("GET", "contests/:id", "contest:view", ({ params }) => {
      const found = contestsAt(state).find(({ id }) => id === params.id);
      return found === undefined ? notFound("contest") : json(contestOf(state, found));
    }),
    route("PUT", "contests/:id", "contest:edit", (asked) => changeContest(state, asked)),
    route("PATCH", "contests/:id", "contestStatus:edit", (asked) => changeContest(state, asked)),
  ];
}

function profileOf({ centre, now }: SimulatorState, siteId: string): Json {
  const site = siteById(siteId) ?? sites[0];
  return {
    id: `pp-${site.id}`,
    name: site.name,
    division: { id: "division-home" },
    metricOrders: metricNames.map((name) => `m-${site.id}-${name}`),
    dateCreated: isoText(centre.world.firstDay * dayMs),
    reportingIntervals: [{ intervalType: "Week", intervalValue: 1 }],
    active: true,
    memberCount: membersAt(centre.world, site, now).length,
    maxLeaderboardRankSize: 300,
    selfUri: `/api/v2/gamification/profiles/pp-${site.id}`,
  };
}

function metricOf(profileId: string, name: string): Json {
  return {
    id: `m-${profileId.replace(/^pp-/, "")}-${name}`,
    name,
    metricDefinitionId: `md-${name}`,
    performanceProfileId: profileId,
    precision: 0,
    timeDisplayUnit: "Seconds",
  };
}

/** Whole points by metric on one workday; only what the platform paid by then. */
export function pointsOn({ centre, now }: SimulatorState, agent: Agent, workday: number): Map<string, number> {
  const points = new Map<string, number>();
  for (let day = workday - 5; day <= workday + 1; day += 1) {
    for (const record of seenAt(centre.eventsOf(agent, day), now)) {
      if (record.event_kind !== "points_earned" || localDayAt(agent, Number(record.occurred_at)) !== workday) continue;
      const metric = String(record.metric);
      points.set(metric, (points.get(metric) ?? 0) + Number(record.points_milli));
    }
  }
  return points;
}

function scorecard(state: SimulatorState, { params, query }: Asked): Reply {
  const listed = findListed(state.centre.world, params.id ?? "", state.now);
  const workday = dayOfText(query.get("workday"));
  if (listed === null) return notFound("user");
  if (workday === null) return badRequest("workday", "expected yyyy-MM-dd");
  const profileId = `pp-${listed.team.site.id}`;
  const entities = [...pointsOn(state, listed.agent, workday)].map(([name, milli]) => ({
    metric: metricOf(profileId, name),
    objective: { id: `o-${name}`, enabled: true, zones: [] },
    points: milli / 1_000,
    maxPoints: 100,
    value: milli / 1_000,
  }));
  return json({ total: entities.length, entities });
}

/** Days without a point are days of zero, as long as the agent is employed. */
function pointsTrend(state: SimulatorState, { params, query }: Asked): Reply {
  const listed = findListed(state.centre.world, params.id ?? "", state.now);
  const [from, to] = [dayOfText(query.get("startWorkday")), dayOfText(query.get("endWorkday"))];
  if (listed === null) return notFound("user");
  if (from === null || to === null || to < from || to - from > longestTrendDays)
    return badRequest("startWorkday, endWorkday", "expected yyyy-MM-dd in order");
  const trend: { dateWorkday: string; points: number }[] = [];
  for (let day = from; day <= to && day <= state.centre.world.lastDay + 3; day += 1) {
    const points = [...pointsOn(state, listed.agent, day).values()].reduce((sum, milli) => sum + milli, 0);
    trend.push({ dateWorkday: dateText(day), points: points / 1_000 });
  }
  const total = trend.reduce((sum, { points }) => sum + points, 0);
  return json({
    dateStartWorkday: dateText(from),
    dateEndWorkday: dateText(to),
    user: { id: listed.agent.nativeId, selfUri: `/api/v2/users/${listed.agent.nativeId}` },
    averagePoints: trend.length === 0 ? 0 : total / trend.length,
    trend,
  });
}

function dayOfText(text: string | null): number | null {
  try {
    return text === null ? null : dayOf(text);
  } catch {
    return null;
  }
}

/** Campaigns the platform knows by now; it has no pause, so a paused one goes on. */
export function contestsAt({ centre, now }: SimulatorState): Campaign[] {
  return centre.world.campaigns.filter((campaign) => statusAt(campaign, now) !== null);
}

const contestStatuses = { draft: "Upcoming", active: "Ongoing", paused: "Ongoing", expired: "Pending", retired: "Completed" } as const;

function contestOf(state: SimulatorState, campaign: Campaign): Json {
  const status = statusAt(campaign, state.now) ?? "draft";
  const written = state.written.get(`contest ${campaign.id}`);
  return {
    id: campaign.id,
    title: campaign.name,
    description: `${campaign.metric} ${campaign.direction} ${campaign.thresholdMilli / 1_000}`,
    dateStart: dateText(campaign.startsOn),
    dateEnd: dateText(campaign.endsOn - 1),
    dateAnnounced: isoText((campaign.statuses[0]?.on ?? campaign.startsOn) * dayMs),
    announcementTimezone: "UTC",
    winningCriteria: "HighestOverallScore",
    anonymization: "NoAnonymization",
    status: contestStatuses[status],
    version: 1,
    metrics: [{ id: `md-${campaign.metric}`, weight: 100, minimumQualifier: campaign.thresholdMilli / 1_000 }],
    prizes: [{ tier: 1, name: "Voucher", description: `${campaign.pointsMilli / 1_000} points`, imageId: "none", winnersCount: 1 }],
    dateModified: isoText((campaign.statuses.findLast(({ on }) => on * dayMs <= state.now)?.on ?? 0) * dayMs),
    selfUri: `/api/v2/gamification/contests/${campaign.id}`,
    ...(written === undefined ? {} : JSON.parse(written)),
  };
}

function changeContest(state: SimulatorState, { params, body }: Asked): Reply {
  const found = contestsAt(state).find(({ id }) => id === params.id);
  if (found === undefined) return notFound("contest");
  const status = textField(body, "status");
  const title = textField(body, "title");
  if (status === null && title === null) return badRequest("body", "expected title or status");
  if (status !== null && !["Completed", "Cancelled"].includes(status)) return genesysError(400, "bad.request", `status ${status}`);
  const known: unknown = JSON.parse(state.written.get(`contest ${found.id}`) ?? "{}");
  const version = Number(fieldOf(known, "version") ?? 1) + 1;
  const change = {
    ...(title === null ? {} : { title }),
    ...(status === null ? {} : { status, winners: listField(body, "winners") }),
    version,
  };
  state.written.set(`contest ${found.id}`, JSON.stringify({ ...(typeof known === "object" ? known : {}), ...change }));
  return json(contestOf(state, found));
}
