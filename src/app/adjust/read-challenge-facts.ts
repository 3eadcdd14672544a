import type { ChallengeFacts } from "../../domain/adjust/challenge-facts.ts";
import { dateOfDay, dayNumber } from "../../domain/calendar.ts";
import type { QueryReader, Row } from "../../ports/warehouse.ts";
import { recogniseSql } from "../recognise/recognise-sql.ts";
import { count, dateOrNull, numberOrNull, text, textOrNull } from "../roi/row-values.ts";

const dayMs = 86_400_000;

/** A challenge with everything its adjustment depends on, as of the end of a day. */
export interface ReadChallenge extends ChallengeFacts {
  readonly name: string | null;
  readonly source: string;
}

export interface FactsRequest {
  readonly asOf: string;
  readonly boostDays: number;
  /** When a boost would begin. */
  readonly now: number;
  /** By challenge, where its weeks are needed from further back than the 26 last. */
  readonly weeksSince: ReadonlyMap<string, number>;
}

export async function readChallengeFacts(
  warehouse: QueryReader,
  { asOf, boostDays, now, weeksSince }: FactsRequest,
): Promise<ReadChallenge[]> {
  const grouped = async (name: string, ...more: readonly (number | string)[]) =>
    Map.groupBy(await warehouse.rows(recogniseSql(name), [asOf, ...more]), (row) => text(row, "challenge_id"));
  const challenges = await warehouse.rows(recogniseSql("adjust-challenges"), [`${asOf} 23:59:59`, asOf]);
  const active = challenges.filter((row) => text(row, "status") === "active").map((row) => text(row, "challenge_id"));
  const firstDays = active.map((challengeId) => Math.floor((weeksSince.get(challengeId) ?? now) / dayMs));
  const [weeks, scores, days, shifts] = [
    await grouped("adjust-weeks", dateOfDay(Math.min(dayNumber(asOf) - 188, ...firstDays))),
    await grouped("adjust-scores"),
    await grouped("adjust-days"),
    await grouped("adjust-shifts", boostDays, dateOfDay(Math.floor(now / dayMs))),
  ];
  return challenges.map((row) => {
    const challengeId = text(row, "challenge_id");
    const spentMinor = numberOrNull(row, "spent_minor");
    const startsAt = textOrNull(row, "starts_at");
    const daysRun = startsAt === null ? 28 : Math.max(1, dayNumber(asOf) - Math.floor(Date.parse(startsAt) / dayMs) + 1);
    const endsAt = textOrNull(row, "ends_at");
    const paidUntil = dateOrNull(row, "paid_until");
    const multiplier = numberOrNull(row, "multiplier");
    return {
      challengeId,
      nativeId: text(row, "challenge_native_id"),
      name: textOrNull(row, "challenge_name"),
      source: text(row, "source"),
      status: text(row, "status"),
      multiplierMilli: multiplier === null ? null : Math.round(multiplier * 1000),
      endsAt: endsAt === null ? null : Date.parse(endsAt),
      budgetMinor: numberOrNull(row, "budget_minor"),
      spentMinor,
      costsUntil: paidUntil === null ? null : (dayNumber(paidUntil) + 1) * dayMs,
      dailyCostMinor: (spentMinor ?? 0) / daysRun,
      weeks: (weeks.get(challengeId) ?? []).map((week) => ({
        week: text(week, "iso_week"),
        startsAt: Date.parse(dateOrNull(week, "first_day") ?? ""),
        engagementPpm: numberOrNull(week, "engagement_ppm"),
        agents: count(week, "agents"),
        participants: count(week, "participants"),
      })),
      scores: (scores.get(challengeId) ?? []).map((one) => ({
        agentId: text(one, "agent_id"),
        day: dayNumber(dateOrNull(one, "work_date") ?? ""),
        score: count(one, "score"),
      })),
      days: (days.get(challengeId) ?? []).map((one) => ({
        day: dayNumber(dateOrNull(one, "work_date") ?? ""),
        handleSeconds: count(one, "handle_seconds"),
        contacts: count(one, "contacts"),
      })),
      scheduled: scheduledOf(shifts.get(challengeId)?.[0]),
    };
  });
}

function scheduledOf(row: Row | undefined): ChallengeFacts["scheduled"] {
  if (row === undefined || count(row, "with_any_shift") === 0) return null;
  return { participants: count(row, "participants"), withShift: count(row, "with_coming_shift") };
}
