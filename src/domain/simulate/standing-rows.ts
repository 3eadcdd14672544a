import type { CanonicalRecord } from "../records/record.ts";
import { dateText, dayOf, instantOf } from "./calendar.ts";
import { type Agent, isEnrolled, type Stay } from "./careers.ts";
import { type Delivery, deliveryOf } from "./delivery.ts";
import { queues } from "./organisation.ts";
import { drawsOf, purposes, whole } from "./random.ts";
import { badges, hasCompleted } from "./recognition.ts";
import { programme, type World } from "./world.ts";

const dayStart = (day: number): number => day * 86_400_000;
const currency = "USD";
const licenceMinorPerMonth = 600;
const adminMinorPerHour = 3_500;
const offPhoneMinorPerMonth = 150;
const voucherMinor = 1_000;

/** The few rows that belong to no single day of work, in the order in which a source would show them. */
export function standingRows(world: World): Delivery[] {
  const rows = [
    ...queues.map((queue) => queueRow(world, queue)),
    ...badges.map((badge) => badgeRow(world, badge)),
    ...world.agents.flatMap((agent) => agentRows(world, agent)),
    ...world.agents.flatMap((agent) => enrolmentRows(world, agent)),
    ...campaignRows(world),
    ...costRows(world),
  ];
  return rows.filter(({ day }) => day <= world.lastDeliveryDay).sort((one, other) => one.day - other.day);
}

/** A row as seen by a first reading: what is older than the simulation arrives on its first day. */
function seen(world: World, stream: Delivery["stream"], record: CanonicalRecord, at: number, cause: Delivery["cause"] = "first"): Delivery {
  return deliveryOf(stream, record, Math.max(at, dayStart(world.firstDay)), cause);
}

function queueRow(world: World, { id, name, channel, complexityMilli }: (typeof queues)[number]): Delivery {
  return seen(world, "queue", { queue_native_id: id, name, channel, complexity_milli: complexityMilli }, 0);
}

function badgeRow(world: World, { id, name, tier, criteria }: (typeof badges)[number]): Delivery {
  return seen(world, "badge", { badge_native_id: id, name, tier, criteria: JSON.stringify(criteria) }, 0);
}

/** A version for the time before and after a move, and a second revision of the last one when somebody leaves. */
function agentRows(world: World, agent: Agent): Delivery[] {
  const versions = agent.stays.map((stay) => {
    const effectiveAt = instantOf(stay.team.site.zone, stay.from, 0);
    return seen(world, "agent", agentRecord(agent, stay, effectiveAt, false), effectiveAt);
  });
  const last = agent.stays.at(-1) ?? agent.stays[0];
  if (agent.leftOn === null) return versions;
  const effectiveAt = instantOf(last.team.site.zone, last.from, 0);
  const leavesAt = instantOf(last.team.site.zone, agent.leftOn + 1, 0);
  return [...versions, seen(world, "agent", agentRecord(agent, last, effectiveAt, true), leavesAt, "correction")];
}

function agentRecord(agent: Agent, { team }: Stay, effectiveAt: number, hasLeft: boolean): CanonicalRecord {
  return {
    agent_native_id: agent.nativeId,
    employee_id: `emp-${agent.nativeId.slice(1)}`,
    email_hmac: null,
    display_name: null,
    zone: team.site.zone,
    team_id: team.id,
    team_name: team.name,
    site: team.site.name,
    role: "agent",
    employment: agent.person.isPartTime ? "part" : "full",
    hired_on: dateText(agent.hiredOn),
    left_on: hasLeft && agent.leftOn !== null ? dateText(agent.leftOn) : null,
    left_reason: hasLeft ? agent.leftReason : null,
    is_active: !hasLeft,
    effective_at: effectiveAt,
  };
}

function enrolmentRows(world: World, agent: Agent): Delivery[] {
  if (agent.enrolledOn === null) return [];
  const zone = agent.stays[0].team.site.zone;
  const enrolledAt = instantOf(zone, agent.enrolledOn, 0);
  const record = {
    programme,
    agent_native_id: agent.nativeId,
    enrolled_at: enrolledAt,
    ends_at: null,
    allocation: world.parameters.allocation,
  };
  const first = seen(world, "enrolment", record, enrolledAt);
  if (agent.leftOn === null) return [first];
  const endsAt = instantOf(zone, agent.leftOn + 1, 0);
  return [first, seen(world, "enrolment", { ...record, ends_at: endsAt }, endsAt, "correction")];
}

function campaignRows(world: World): Delivery[] {
  return world.campaigns.flatMap((campaign) => {
    const announcedAt = dayStart(campaign.statuses[0]?.on ?? campaign.startsOn);
    const record = {
      challenge_native_id: campaign.id,
      name: campaign.name,
      metric: campaign.metric,
      direction: campaign.direction,
      threshold_milli: campaign.thresholdMilli,
      points_per_unit_milli: campaign.pointsMilli,
      multiplier_milli: campaign.multiplierMilli,
      starts_at: dayStart(campaign.startsOn),
      ends_at: dayStart(campaign.endsOn),
      budget_minor: campaign.budgetMinor,
      currency,
    };
    const statuses = campaign.statuses.map(({ on, status }) =>
      seen(world, "challenge_status", { challenge_native_id: campaign.id, effective_at: dayStart(on), status }, dayStart(on)),
    );
    return [seen(world, "challenge", record, announcedAt), ...statuses];
  });
}

interface Cost {
  readonly id: string;
  readonly kind: "reward" | "licence" | "admin" | "agent_time" | "liability_change";
  readonly on: number;
  readonly amountMinor: number;
  readonly challengeId: string | null;
}

function costRows(world: World): Delivery[] {
  return [...rewardCosts(world), ...monthsOf(world).flatMap((month) => monthCosts(world, month))].map((cost) =>
    seen(
      world,
      "cost",
      {
        cost_id: cost.id,
        kind: cost.kind,
        incurred_on: dateText(cost.on),
        amount_minor: cost.amountMinor,
        currency,
        challenge_native_id: cost.challengeId,
      },
      dayStart(cost.on),
    ),
  );
}

/** A voucher for everyone who completed a campaign. */
function rewardCosts(world: World): Cost[] {
  return world.campaigns
    .filter(({ endsOn }) => endsOn <= world.lastDay)
    .map((campaign) => {
      const winners = world.agents.filter((agent) => hasCompleted(world, agent, campaign)).length;
      return {
        id: `k-${campaign.id}`,
        kind: "reward",
        on: campaign.endsOn,
        amountMinor: winners * voucherMinor,
        challengeId: campaign.id,
      } as const;
    })
    .filter(({ amountMinor }) => amountMinor > 0);
}

/** Days on which a month of the programme is charged: its last day, or the last simulated one. */
function monthsOf(world: World): number[] {
  const launch = world.rollOut.launchDays[0];
  const ends: number[] = [];
  for (let day = launch; day <= world.lastDay; day += 1) {
    const isMonthEnd = dateText(day + 1).endsWith("-01");
    if (isMonthEnd || day === world.lastDay) ends.push(day);
  }
  return ends;
}

/** Licences and time per enrolled agent, administration per month, and the change of unredeemed points, which may fall. */
function monthCosts(world: World, on: number): Cost[] {
  const enrolled = world.agents.filter((agent) => isEnrolled(agent, on)).length;
  if (enrolled === 0) return [];
  const month = dateText(on).slice(0, 7);
  const draw = drawsOf(world.seed, purposes.costs, on);
  const adminHours = 2 + Math.ceil(enrolled / 50);
  const share = monthShare(world, on);
  const amounts = [
    ["licence", Math.round(enrolled * licenceMinorPerMonth * share)],
    ["admin", Math.round(adminHours * adminMinorPerHour * share)],
    ["agent_time", Math.round(enrolled * offPhoneMinorPerMonth * share)],
    ["liability_change", enrolled * whole(draw, -40, 160)],
  ] as const;
  return amounts.map(([kind, amountMinor]) => ({ id: `k-${kind}-${month}`, kind, on, amountMinor, challengeId: null }));
}

/** The part of a month, up to and including `on`, in which the programme runs. */
function monthShare(world: World, on: number): number {
  const month = dateText(on).slice(0, 7);
  const first = dayOf(`${month}-01`);
  const monthDays = Number(new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).toISOString().slice(8, 10));
  return (on - Math.max(first, world.rollOut.launchDays[0]) + 1) / monthDays;
}
