import { dateOfDay, dayNumber } from "../../domain/calendar.ts";
import { decidesAlike, isInForce, type MilestoneDefinition } from "../../domain/recognise/definition.ts";
import type { Snapshot, StoredDefinition } from "../../ports/decision-store.ts";
import { daysToDecide, type Version } from "./plan-windows.ts";
import { lastDayOf, type VersionDays, versionDaysIn } from "./read-marts.ts";

/** A version with the days that are its own to decide. */
export interface PlannedVersion extends Version {
  /** Decided now, for everybody; oldest first. */
  readonly days: readonly string[];
  /** It never decides a day before this one, however late its data: another text did, or nobody. */
  readonly decidesFrom: string;
  /** The last day of its definition that is decided, be it now or before. */
  readonly decidedUntil: string;
  /** It takes the place of another text tonight, and judges the awards of that one by its own. */
  readonly isRestating: boolean;
}

export interface VersionsRequest {
  readonly definitions: readonly Version[];
  readonly stored: readonly StoredDefinition[];
  readonly lastSnapshots: ReadonlyMap<string, Snapshot>;
  readonly asOf: string;
  readonly since: string | null;
}

export function planVersions({ definitions, stored, lastSnapshots, asOf, since }: VersionsRequest): PlannedVersion[] {
  const ofId = Map.groupBy(stored, ({ definitionId }) => definitionId);
  return definitions.map((version) => {
    const { definition, ruleHash } = version;
    const snapshot = lastSnapshots.get(definition.id);
    const lastDay = lastDayOf(snapshot);
    const before = decidedBefore(ofId.get(definition.id) ?? [], snapshot);
    const isNew = lastDay !== null && !before.some((one) => one.ruleHash === ruleHash);
    const alike = before.find((one) => one.ruleHash === ruleHash) ?? before.find((one) => decidesAlike(one.definition, definition));
    // What decides alike has nobody new to find; a restatement shows another tier or flair all the same.
    const isChanged = isNew && (alike === undefined || definition.onChange === "restate");
    const days = daysToDecide(definition, { asOf, since, lastDay, isChanged });
    const isRestating = isChanged && definition.onChange === "restate";
    // A period is restated from its beginning, which is among the days; what never ends from the first day of what is replaced.
    const replaced = isRestating && definition.reset === "never" ? before.map((one) => one.firstDay) : [];
    const already = [...(alike === undefined ? [] : [alike.firstDay]), ...replaced];
    const decidesFrom = dateOfDay(firstDay(days, asOf, already.length === 0 ? null : Math.min(...already)));
    return { ...version, days, decidesFrom, decidedUntil: dateOfDay(Math.max(dayNumber(asOf), lastDay ?? 0)), isRestating };
  });
}

/** The days that versions decide from, for the snapshot of their definition. */
export function versionDaysOf(versions: readonly PlannedVersion[]): VersionDays {
  return new Map(versions.map(({ ruleHash, decidesFrom }) => [ruleHash, dayNumber(decidesFrom)]));
}

/** Whether a version decides a day, tonight or whenever its data come. */
export function decides({ definition, decidesFrom, decidedUntil }: PlannedVersion, day: string): boolean {
  return decidesFrom <= day && day <= decidedUntil && isInForce(definition, day);
}

interface DecidedBefore {
  readonly definition: MilestoneDefinition;
  readonly ruleHash: string;
  readonly firstDay: number;
}

/** The versions that decided last. A snapshot of before they were noted: all there ever were, each from when it was first decided by. */
function decidedBefore(stored: readonly StoredDefinition[], snapshot: Snapshot | undefined): DecidedBefore[] {
  if (lastDayOf(snapshot) === null) return [];
  const noted = versionDaysIn(snapshot);
  return stored.flatMap(({ ruleHash, content, recordedAt }) => {
    const firstDay = noted.size === 0 ? Math.floor(recordedAt / 86_400_000) : noted.get(ruleHash);
    return firstDay === undefined ? [] : [{ definition: JSON.parse(content), ruleHash, firstDay }];
  });
}

/** Earlier days than before count only where they join those that are decided already. */
function firstDay(days: readonly string[], asOf: string, before: number | null): number {
  const first = days[0] === undefined ? dayNumber(asOf) + 1 : dayNumber(days[0]);
  if (before === null) return first;
  return dayNumber(asOf) >= before - 1 ? Math.min(first, before) : before;
}
