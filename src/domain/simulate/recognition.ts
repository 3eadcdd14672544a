import type { CanonicalRecord } from "../records/record.ts";
import type { Evaluation } from "./assessments.ts";
import { dayMs, weekdayOf } from "./calendar.ts";
import { activeCampaigns, type Campaign, dipShare } from "./campaigns.ts";
import { type Agent, isEmployed, isEnrolled } from "./careers.ts";
import { type Contact, handleMsOf } from "./contacts.ts";
import { type Delivery, deliveryOf, hasArrived } from "./delivery.ts";
import { type Draw, drawsOf, happens, pick, purposes, share, standardNormal, whole } from "./random.ts";
import type { Shift } from "./roster.ts";
import type { World } from "./world.ts";

const fastContactPaidShare = 0.5;
const resolvedPaidShare = 0.05;
const badgeShare = 0.03;
const engagementKnownShare = 0.92;
const completedShare = 0.3;
const engagementDeviation = 0.08;

/** Badges the platform hands out. */
export const badges: readonly [SimulatedBadge, ...SimulatedBadge[]] = [
  { id: "b-bronze", name: "Steady hand", tier: "bronze", criteria: { metric: "quality_score", atLeast: 80 } },
  { id: "b-silver", name: "Sure hand", tier: "silver", criteria: { metric: "quality_score", atLeast: 85 } },
  { id: "b-gold", name: "Golden hand", tier: "gold", criteria: { metric: "quality_score", atLeast: 92 } },
];

export interface SimulatedBadge {
  readonly id: string;
  readonly name: string;
  readonly tier: string;
  readonly criteria: { readonly metric: string; readonly atLeast: number };
}

/** What the events of an agent's day are about. */
export interface DayOfWork {
  readonly day: number;
  readonly shifts: readonly Shift[];
  readonly contacts: readonly Contact[];
  readonly evaluations: readonly Evaluation[];
}

interface EventFrame {
  readonly occurredAt: number;
  readonly kind: "points_earned" | "badge_awarded" | "challenge_completed" | "engagement_score" | "leaderboard_update";
  readonly metric: string | null;
  readonly actionType?: string;
  readonly interactionId?: string;
  readonly campaign?: Campaign;
  readonly badgeId?: string;
  readonly pointsMilli?: number;
  readonly engagementPpm?: number;
}

/** All gamification events an agent's day causes, each with an id of its own, some sent twice. */
export function recognitionOf(world: World, agent: Agent, work: DayOfWork): Delivery[] {
  const draw = drawsOf(world.seed, purposes.events, agent.subject, work.day);
  const frames = [...engagementOf(world, draw, agent, work), ...pointsOf(world, draw, agent, work), ...honoursOf(world, draw, agent, work)];
  return frames.flatMap((frame, number) => {
    const record = eventRecord(agent, `e-${agent.subject.toString(36)}-${work.day.toString(36)}-${number.toString(36)}`, frame);
    const first = deliveryOf("gamification_event", record, frame.occurredAt + 60_000);
    const isTwice = happens(draw, world.parameters.oddities.duplicate);
    const second = deliveryOf("gamification_event", record, frame.occurredAt + 60_000 + whole(draw, 0, 1) * dayMs, "duplicate");
    return (isTwice ? [first, second] : [first]).filter((delivery) => hasArrived(world, delivery));
  });
}

function eventRecord(agent: Agent, eventId: string, frame: EventFrame): CanonicalRecord {
  return {
    event_id: eventId,
    agent_native_id: agent.nativeId,
    interaction_id: frame.interactionId ?? null,
    metric: frame.metric,
    occurred_at: frame.occurredAt,
    event_kind: frame.kind,
    action_type: frame.actionType ?? null,
    challenge_native_id: frame.campaign?.id ?? null,
    badge_native_id: frame.badgeId ?? null,
    points_milli: frame.pointsMilli ?? null,
    engagement_ppm: frame.engagementPpm ?? null,
  };
}

/** One score per worked day, missing now and then; above 1 only where campaigns overlap. */
function engagementOf(world: World, draw: Draw, agent: Agent, { day, shifts }: DayOfWork): EventFrame[] {
  const shift = shifts.at(-1);
  const isKnown = happens(draw, engagementKnownShare);
  const noise = engagementDeviation * standardNormal(draw);
  const isOver = happens(draw, world.parameters.oddities.engagementOverflow);
  const excess = whole(draw, 1, 150_000);
  if (shift === undefined || !isKnown) return [];
  const occurredAt = shift.endsAt - 300_000;
  const overlaps = isEnrolled(agent, day) && activeCampaigns(world.campaigns, "quality_score", occurredAt).length > 1;
  const exact = 1_000_000 * (agent.person.engagement + noise) + engagementEffectPpm(world, agent, day);
  const engagementPpm = overlaps && isOver ? 1_000_000 + excess : Math.round(Math.min(1_000_000, Math.max(0, exact)));
  return [{ occurredAt, kind: "engagement_score", metric: "engagement", engagementPpm }];
}

/** Up while enrolled, down after a campaign and back within two weeks. */
export function engagementEffectPpm({ campaigns, parameters: { effects } }: World, agent: Agent, day: number): number {
  if (!isEnrolled(agent, day)) return 0;
  return effects.engagementPpm - effects.dipEngagementPpm * (dipShare(campaigns, day) ?? 0);
}

function pointsOf(world: World, draw: Draw, agent: Agent, { day, contacts, evaluations }: DayOfWork): EventFrame[] {
  if (!isEnrolled(agent, day)) return [];
  const fast = contacts.flatMap((contact) => fastContact(world, draw, contact));
  const quality = evaluations.flatMap((evaluation) => goodEvaluation(world, draw, evaluation));
  return [...fast, ...quality];
}

function fastContact(world: World, draw: Draw, contact: Contact): EventFrame[] {
  const handleMs = handleMsOf(contact);
  const occurredAt = contact.startedAt + handleMs + whole(draw, 500, 4_500);
  const place = share(draw);
  const about = { occurredAt, kind: "points_earned", interactionId: contact.interactionId } as const;
  const [sprint] = activeCampaigns(world.campaigns, "handle_time", occurredAt);
  if (sprint !== undefined && handleMs <= sprint.thresholdMilli && place < fastContactPaidShare)
    return [{ ...about, metric: "handle_time", actionType: "fast_contact", campaign: sprint, pointsMilli: sprint.pointsMilli }];
  if (contact.disposition === "resolved" && place >= 1 - resolvedPaidShare)
    return [{ ...about, metric: "resolution", actionType: "first_contact_resolution", pointsMilli: 10_000 }];
  return [];
}

/** Two campaigns on the same threshold pay the same action, less than a second apart. */
function goodEvaluation(world: World, draw: Draw, { contact, scoreMilli, evaluatedAt }: Evaluation): EventFrame[] {
  const apartMs = whole(draw, 1, 900);
  return activeCampaigns(world.campaigns, "quality_score", evaluatedAt)
    .filter(({ thresholdMilli }) => scoreMilli >= thresholdMilli)
    .map((campaign, place) => ({
      occurredAt: evaluatedAt + place * apartMs,
      kind: "points_earned",
      metric: "quality_score",
      actionType: "evaluation_passed",
      interactionId: contact.interactionId,
      campaign,
      pointsMilli: (campaign.pointsMilli * campaign.multiplierMilli) / 1_000,
    }));
}

/** Badges on worked days, standings on Mondays (running totals, never to be added up), completions when a campaign ends. */
function honoursOf(world: World, draw: Draw, agent: Agent, { day, shifts }: DayOfWork): EventFrame[] {
  const frames: EventFrame[] = [];
  const isHonoured = happens(draw, badgeShare);
  const badge = pick(draw, badges);
  const standing = whole(draw, 0, 2_000) * 1_000;
  const at = shifts[0]?.startsAt;
  if (!isEnrolled(agent, day)) return frames;
  if (at !== undefined && isHonoured) frames.push({ occurredAt: at + 3_600_000, kind: "badge_awarded", metric: null, badgeId: badge.id });
  if (at !== undefined && weekdayOf(day) === 0)
    frames.push({ occurredAt: at + 60_000, kind: "leaderboard_update", metric: "points", pointsMilli: standing });
  const ended = world.campaigns.filter((campaign) => campaign.endsOn === day && hasCompleted(world, agent, campaign));
  return [
    ...frames,
    ...ended.map(
      (campaign) => ({ occurredAt: day * dayMs + 3_600_000, kind: "challenge_completed", metric: campaign.metric, campaign }) as const,
    ),
  ];
}

/** Whether an agent met a campaign's target; also decides who is paid a reward. */
export function hasCompleted(world: World, agent: Agent, campaign: Campaign): boolean {
  const isThere = isEmployed(agent, campaign.endsOn) && isEnrolled(agent, campaign.endsOn) && campaign.metric !== "sales";
  return isThere && happens(drawsOf(world.seed, purposes.challenges, agent.subject, campaign.endsOn), completedShare);
}
