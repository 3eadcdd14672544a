import { addDays, datesBetween } from "../../domain/calendar.ts";
import { isInForce, type MilestoneDefinition } from "../../domain/recognise/definition.ts";
import { type WindowSpan, windowSpan } from "../../domain/recognise/judge.ts";
import { resetPeriodOf } from "../../domain/recognise/reset-period.ts";
import type { StoredDefinition } from "../../ports/decision-store.ts";
import { neededSums } from "./evaluation-sql.ts";
import type { KnownEntry } from "./last-entries.ts";
import { decides, type PlannedVersion } from "./plan-versions.ts";
import type { Version } from "./plan-windows.ts";
import { type ChangeKind, type Changes, noChanges, type Stretch } from "./read-changes.ts";

/** A version and a day it is to judge; one object for all agents. */
export interface VersionDay extends Version {
  readonly asOf: string;
}

/** What one agent is judged by beside tonight's days. */
export interface DaysAgain {
  readonly days: readonly VersionDay[];
  /** The own days of awards by the version that granted them, where another decides now: they confirm or reverse, and grant nothing. */
  readonly awardDays: readonly VersionDay[];
}

export interface LateRequest {
  readonly versions: readonly PlannedVersion[];
  readonly stored: readonly StoredDefinition[];
  /** By definition. */
  readonly changes: ReadonlyMap<string, Changes>;
  /** `--since`: awards from there on are looked at again whether or not anything came in. */
  readonly since: string | null;
}

/** Of one milestone and one agent so many days are decided again, the latest: `--since` decides all. */
const mostDaysAgain = 93;

export type LatePlan = ReturnType<typeof planLateDays>;

/**
 * What came in since is decided as if it had been there: every day that is decided already and whose window it reaches, by the
 * version that decides the day. An award that falls is decided over its whole period.
 */
export function planLateDays({ versions, stored, changes, since }: LateRequest) {
  const byHash = new Map([...stored.map(versionOf), ...versions].map((version) => [version.ruleHash, version]));
  const milestones = new Map(
    [...Map.groupBy(versions, ({ definition }) => definition.id)].map(([id, ofId]) => [
      id,
      prepareMilestone(ofId, changes.get(id) ?? noChanges),
    ]),
  );
  /** The day an award stands on is looked at again where late data reach it, a restatement replaces its version, or `--since` asks for it. */
  const ownDay = (award: KnownEntry): { readonly day: VersionDay; readonly isCurrent: boolean } | null => {
    const { agentId, definitionId, ruleHash, finding } = award;
    const milestone = milestones.get(definitionId);
    const current = milestone?.versionOn(finding.asOf);
    const isCurrent = current !== undefined && (current.ruleHash === ruleHash || current.definition.onChange === "restate");
    const version = isCurrent ? current : byHash.get(ruleHash);
    if (milestone === undefined || version === undefined) return null;
    if (isCurrent && current.days.includes(finding.asOf)) return null;
    const isReplaced = isCurrent && current.isRestating && current.ruleHash !== ruleHash;
    const isAsked = since !== null && since <= finding.asOf;
    if (!isReplaced && !isAsked && !milestone.isTouched(agentId, version.definition, finding.asOf)) return null;
    return { day: milestone.dayOf(version, finding.asOf), isCurrent };
  };
  const ownDaysOf = (awards: readonly KnownEntry[]): DaysAgain => {
    const found: { readonly days: VersionDay[]; readonly awardDays: VersionDay[] } = { days: [], awardDays: [] };
    for (const award of awards) {
      const own = ownDay(award);
      if (own !== null) (own.isCurrent ? found.days : found.awardDays).push(own.day);
    }
    return found;
  };
  const looksAtEveryAward = since !== null || versions.some(({ isRestating }) => isRestating);
  const allChanges = [...new Set(changes.values())];
  const latestPast = versions.reduce((latest, version) => later(latest, latestPastDay(version)), "");
  /** All days of an award's period that are decided, tonight's too. */
  const periodOf = (award: Pick<KnownEntry, "definitionId" | "ruleHash" | "finding">): readonly VersionDay[] =>
    milestones.get(award.definitionId)?.periodOf(award.finding.asOf, byHash.get(award.ruleHash)) ?? [];
  return {
    /** Whether everybody is to be looked at, not only whom changes name. */
    touchesEverybody: () => [...milestones.values()].some(({ touchesEverybody }) => touchesEverybody()),
    /** The days of one agent that late data reach, beside tonight's. */
    daysOf(agentId: string, awards: readonly KnownEntry[]): DaysAgain {
      // Most nights reach no day but tonight's, and no award but of tonight's days: nothing more is asked then.
      const earliest = earliestFrom(allChanges, agentId);
      const own = ownDaysOf(looksAtEveryAward ? awards : awards.filter(({ finding }) => earliest <= finding.asOf));
      if (latestPast < earliest) return own;
      const days = [...own.days];
      for (const milestone of milestones.values()) milestone.addLateDays(agentId, days);
      return { days: [...new Set(days)], awardDays: own.awardDays };
    },
    periodOf,
    /** All that falls with an award: its period, with the own day by the version that granted it where no other may judge it. */
    wholePeriodOf(award: KnownEntry): DaysAgain {
      const own = ownDaysOf([award]);
      return { days: [...new Set([...periodOf(award), ...own.days])], awardDays: own.awardDays };
    },
    looksAtEveryAward: () => looksAtEveryAward,
    definitionOf: (ruleHash: string) => byHash.get(ruleHash)?.definition,
  };
}

function prepareMilestone(versions: readonly PlannedVersion[], { everybody, ofAgents }: Changes) {
  const known = new Map<string, VersionDay>();
  const spans = new Map<VersionDay, WindowSpan>();
  const dayOf = (version: Version, asOf: string): VersionDay => {
    const key = `${version.ruleHash} ${asOf}`;
    const day = known.get(key) ?? { definition: version.definition, ruleHash: version.ruleHash, asOf };
    known.set(key, day);
    return day;
  };
  const spanOf = (day: VersionDay): WindowSpan => {
    const span = spans.get(day) ?? windowOn(day.definition, day.asOf);
    spans.set(day, span);
    return span;
  };
  // The latest version first: where not all days are decided again, they are the latest.
  const latestFirst = versions.toSorted((one, other) => (one.definition.valid.from < other.definition.valid.from ? 1 : -1));
  const plans = latestFirst.map((version) => {
    let past: readonly string[] | null = null;
    return {
      version,
      kinds: kindsOf(version.definition),
      latestPast: latestPastDay(version),
      // A night without late data asks nobody for them.
      past: () => (past ??= pastDays(version)),
    };
  });
  const stretchesOf = (agentId: string) => [...everybody, ...(ofAgents.get(agentId) ?? [])];
  return {
    dayOf,
    versionOn: (day: string) => versions.find((version) => decides(version, day)),
    touchesEverybody: () =>
      plans.some(({ latestPast, kinds }) => everybody.some((stretch) => kinds.has(stretch.of) && stretch.from <= latestPast)),
    isTouched: (agentId: string, definition: MilestoneDefinition, day: string) =>
      isReached(windowOn(definition, day), ofKinds(stretchesOf(agentId), kindsOf(definition))),
    addLateDays(agentId: string, days: VersionDay[]) {
      const stretches = stretchesOf(agentId);
      let left = mostDaysAgain;
      for (const { version, past, latestPast, kinds } of plans) {
        const reaching = stretches.filter((stretch) => stretch.from <= latestPast && kinds.has(stretch.of));
        if (reaching.length === 0) continue;
        for (const asOf of past()) {
          if (left === 0 || reaching.every(({ from }) => asOf < from)) break;
          const day = dayOf(version, asOf);
          if (!isReached(spanOf(day), reaching)) continue;
          days.push(day);
          left -= 1;
        }
      }
    },
    periodOf(awardDay: string, own: Version | undefined): VersionDay[] {
      return versions
        .flatMap((version) => daysOfPeriod(version, own, awardDay))
        .map(({ version, asOf }) => dayOf(version, asOf))
        .toSorted((one, other) => (one.asOf < other.asOf ? -1 : 1))
        .slice(-mostDaysAgain);
    },
  };
}

/** The first day that anything touched; behind all days where nothing did. */
function earliestFrom(all: readonly Changes[], agentId: string): string {
  let earliest = "9999-12-31";
  for (const { everybody, ofAgents } of all)
    for (const stretches of [everybody, ofAgents.get(agentId) ?? []])
      for (const { from } of stretches) if (from < earliest) earliest = from;
  return earliest;
}

function later(one: string, other: string): string {
  return one < other ? other : one;
}

/** Before all of them where there is none. */
function latestPastDay({ days, decidedUntil, decidesFrom, definition }: PlannedVersion): string {
  const tonight = new Set(days);
  const { to } = definition.valid;
  let day = to === null || decidedUntil < to ? decidedUntil : addDays(to, -1);
  while (tonight.has(day)) day = addDays(day, -1);
  return day < decidesFrom ? "" : day;
}

/** Decided before and not tonight, the latest first. */
function pastDays(version: PlannedVersion): string[] {
  const tonight = new Set(version.days);
  return datesBetween(version.decidesFrom, version.decidedUntil)
    .filter((day) => decides(version, day) && !tonight.has(day))
    .toReversed();
}

/** A file that was edited in place decides from then on: the days before it are still those of the version that granted. */
function daysOfPeriod(
  version: PlannedVersion,
  own: Version | undefined,
  awardDay: string,
): { readonly version: Version; readonly asOf: string }[] {
  const { from, until } = resetPeriodOf(version.definition.reset, awardDay);
  const earliest = from ?? addDays(version.decidedUntil, -mostDaysAgain);
  const last = until === null || until > version.decidedUntil ? version.decidedUntil : addDays(until, -1);
  return datesBetween(earliest < awardDay ? earliest : awardDay, last).flatMap((asOf) => {
    if (decides(version, asOf)) return [{ version, asOf }];
    const isOfOwn = own !== undefined && awardDay <= asOf && asOf < version.decidesFrom;
    return isOfOwn && isInForce(version.definition, asOf) && isInForce(own.definition, asOf) ? [{ version: own, asOf }] : [];
  });
}

function isReached({ from, until }: WindowSpan, stretches: readonly Stretch[]): boolean {
  return stretches.some((stretch) => stretch.from < until && (from === null || from < stretch.until));
}

function ofKinds(stretches: readonly Stretch[], kinds: ReadonlySet<ChangeKind>): Stretch[] {
  return stretches.filter((stretch) => kinds.has(stretch.of));
}

function kindsOf(definition: MilestoneDefinition): ReadonlySet<ChangeKind> {
  const looksAtScores = neededSums([definition]).some((name) => name.startsWith("quality_") || name.startsWith("csat_"));
  const looksAtQueues = definition.scope.queue.length > 0;
  return new Set<ChangeKind>(["figures", ...(looksAtScores ? (["scores"] as const) : []), ...(looksAtQueues ? (["queues"] as const) : [])]);
}

function windowOn({ window, reset }: MilestoneDefinition, day: string): WindowSpan {
  return windowSpan(window, resetPeriodOf(reset, day), day);
}

function versionOf({ content, ruleHash }: StoredDefinition): Version {
  const definition: MilestoneDefinition = JSON.parse(content);
  return { definition, ruleHash };
}
