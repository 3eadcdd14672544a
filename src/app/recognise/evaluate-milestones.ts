import { dayNumber, isDate } from "../../domain/calendar.ts";
import { type MilestoneDefinition, ruleHashOf } from "../../domain/recognise/definition.ts";
import type { Outcome } from "../../domain/recognise/plan-awards.ts";
import { ChecksFailedError, LockHeldError, StoppedError, UsageError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DecisionStore, Snapshot, StoredDefinition } from "../../ports/decision-store.ts";
import type { Output } from "../../ports/output.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import type { DeliveryTarget } from "../deliver/targets.ts";
import { text } from "../roi/row-values.ts";
import { readAccounts } from "./award-recipients.ts";
import { type FallenAward, prepareDecider } from "./decide-agent.ts";
import { openDecisionWriter } from "./decision-writer.ts";
import { judgeAgain } from "./judge-again.ts";
import { type KnownEntries, liveAwards, liveAwardsOf, readLastEntries } from "./last-entries.ts";
import { type DaysAgain, type LatePlan, planLateDays } from "./plan-late-days.ts";
import { type PlannedVersion, planVersions, versionDaysOf } from "./plan-versions.ts";
import { listWindows, type Spec, type WindowList } from "./plan-windows.ts";
import { type Changes, readChanges } from "./read-changes.ts";
import { readFigures } from "./read-figures.ts";
import {
  finalDaysIn,
  lastDayOf,
  type MartsSnapshot,
  readMarts,
  refuseOlderSnapshot,
  withBegun,
  withDecidedDays,
  withoutBegun,
} from "./read-marts.ts";
import { recogniseSql } from "./recognise-sql.ts";
import { refuseOtherPeople } from "./refuse-other-people.ts";
import { type MilestoneCounts, openTally, type PlannedChange } from "./tally.ts";

export interface EvaluateDeps {
  readonly warehouse: QueryReader;
  readonly store: DecisionStore;
  readonly clock: Clock;
  readonly output: Output;
  readonly runId: string;
}

export interface EvaluateRequest {
  /** Every version in the files. */
  readonly definitions: readonly MilestoneDefinition[];
  readonly targets: readonly DeliveryTarget[];
  /** The organisation's zone, for agents without one. */
  readonly zone: string;
  /** The day to decide; null: the last final one. */
  readonly asOf: string | null;
  /** Every day from here on. */
  readonly since: string | null;
  readonly apply: boolean;
  readonly signal: AbortSignal;
}

/** A definition that left the files while awards of it stand. They stay as they are. */
export interface HeldDefinition {
  readonly definitionId: string;
  readonly liveAwards: number;
  readonly reason: string;
}

export interface EvaluationReport {
  readonly asOf: string;
  readonly since: string | null;
  readonly snapshot: Snapshot;
  readonly isApplied: boolean;
  readonly agents: number;
  /** `input = granted + no + duplicate + conflict + suppressed + failed`: agents x milestones x reset periods. */
  readonly totals: Readonly<Record<"input" | Outcome, number>>;
  readonly entries: Readonly<Record<"grant" | "again" | "confirm" | "reverse", number>>;
  readonly milestones: readonly MilestoneCounts[];
  /** At most `mostChanges` of them. */
  readonly changes: readonly PlannedChange[];
  readonly held: readonly HeldDefinition[];
}

/**
 * Decides every milestone for the whole roster from committed marts, and says what follows; with `apply` it is written.
 * Running it again on the same marts changes nothing.
 * @throws LockHeldError (try again) when the marts are not fit to decide on, or somebody else decided meanwhile. ChecksFailedError when there
 * are no marts or no agents. UsageError for a day that cannot be decided. ConfigError when the same people have other ids than before.
 */
export async function evaluateMilestones(deps: EvaluateDeps, request: EvaluateRequest): Promise<EvaluationReport> {
  const marts = await readMarts(deps.warehouse);
  const asOf = dayToDecide(request, marts);
  const { store } = deps;
  const storedSnapshots = await store.lastSnapshots();
  const lastSnapshots = new Map([...storedSnapshots].map(([id, snapshot]) => [id, withoutBegun(snapshot)]));
  const versions = request.definitions.map((definition) => ({ definition, ruleHash: ruleHashOf(definition) }));
  const ids = [...new Set(versions.map(({ definition }) => definition.id))];
  refuseOlderSnapshot(new Map([...lastSnapshots].filter(([id]) => ids.includes(id))), marts.snapshot);
  const stored = (await store.definitions("milestone")).toSorted((one, other) => one.recordedAt - other.recordedAt);
  const known = await readLastEntries(store, [...new Set([...ids, ...stored.map(({ definitionId }) => definitionId)])]);
  await refuseOtherPeople(deps, { known, ids });
  const planned = planVersions({ definitions: versions, stored, lastSnapshots, asOf, since: request.since });
  const windows = listWindows();
  const specs = listSpecs(planned, windows);
  const changes = await readChangesOf(deps.warehouse, ids, { lastSnapshots, marts });
  const late = planLateDays({ versions: planned, stored, changes, since: request.since });
  const tally = openTally(versions);
  const writer = request.apply
    ? openDecisionWriter({
        store,
        runId: deps.runId,
        now: () => deps.clock.now(),
        accounts: await readAccounts(deps.warehouse, request.targets, deps.clock.now()),
        versions,
        batches: marts.snapshot,
        snapshots: ids.map((definitionId) => {
          const last = lastSnapshots.get(definitionId);
          const versionDays = versionDaysOf(planned.filter(({ definition }) => definition.id === definitionId));
          const lastDay = Math.max(dayNumber(asOf), lastDayOf(last) ?? 0);
          const after = withDecidedDays(marts.snapshot, { lastDay, versionDays, finalDays: marts.finalDays });
          return { definitionId, before: storedSnapshots.get(definitionId) ?? null, begun: withBegun(last ?? {}, after), after };
        }),
      })
    : null;
  const decider = prepareDecider({ specs, batches: marts.snapshot, known, late, tally, writer, zone: request.zone });
  const stopWhenAsked = () => {
    if (request.signal.aborted && request.signal.reason instanceof StoppedError) throw request.signal.reason;
  };
  const lateAgents = await readLateAgents(deps.warehouse, { late, changes, known });
  const withTonight = (agentId: string) => {
    const { days, awardDays } = late.daysOf(agentId, liveAwardsOf(known, agentId));
    return { days: [...days, ...specs], awardDays };
  };
  for await (const agent of judgeAgain(deps.warehouse, [...lateAgents], { daysOf: withTonight, zone: request.zone })) {
    stopWhenAsked();
    await decider.again(agent);
  }
  let agents = 0;
  for await (const agent of readFigures(deps.warehouse, {
    windows: windows.windows,
    definitions: request.definitions,
    zone: request.zone,
  })) {
    stopWhenAsked();
    agents += 1;
    if (agents % 500 === 0) deps.output.progress(`${agents} agents decided`);
    if (!lateAgents.has(agent.recipient.agentId)) await decider.tonight(agent);
  }
  const fallenOf = Map.groupBy(decider.fallen, ({ award }) => award.agentId);
  const wholePeriods = (agentId: string) => daysOfFallen(fallenOf.get(agentId) ?? [], late);
  for await (const agent of judgeAgain(deps.warehouse, [...fallenOf.keys()], { daysOf: wholePeriods, zone: request.zone })) {
    stopWhenAsked();
    for (const { award } of fallenOf.get(agent.recipient.agentId) ?? []) await decider.over(agent, award);
  }
  deps.output.progressDone();
  if (agents === 0 && specs.length > 0) {
    throw new ChecksFailedError("no agent is known to the marts: there is nobody to decide about", {
      code: "ROSTER_EMPTY",
      hint: "import or extract agents (or interactions that name them), then run 'gami dbt build'",
    });
  }
  await writer?.finish();
  if (writer !== null && writer.duplicate() > 0) throw decidedAtOnce(writer.duplicate());
  return {
    asOf,
    since: request.since,
    snapshot: marts.snapshot,
    isApplied: request.apply,
    agents,
    ...tally.result(),
    held: heldDefinitions(stored, ids, known),
  };
}

/** Nothing is granted twice, but who granted what is not known here, and totals that are not this run's own would not add up over runs. */
function decidedAtOnce(entries: number): LockHeldError {
  return new LockHeldError(
    `another run decided the same at the same time: ${entries} entries of the ledger are its own, all of them stand`,
    {
      code: "DECIDED_MEANWHILE",
      hint: "run the same command again: it finds them decided",
    },
  );
}

/** @throws UsageError for a day that cannot be decided. */
export function dayToDecide({ asOf, since }: Pick<EvaluateRequest, "asOf" | "since">, { lastDate, finalDate }: MartsSnapshot): string {
  const day = asOf ?? finalDate;
  for (const [flag, date] of [
    ["--as-of", day],
    ["--since", since],
  ] as const) {
    if (date !== null && !isDate(date)) throw new UsageError(`${flag} ${date} is no day`, { code: "DAY", hint: "write it as YYYY-MM-DD" });
  }
  if (day > lastDate) {
    throw new UsageError(`--as-of ${day} is not loaded yet: the data ends with ${lastDate}`, {
      code: "DAY_NOT_LOADED",
      hint: "leave --as-of out to decide the last final day, or load that day and run 'gami dbt build' first",
    });
  }
  if (since !== null && since > day) {
    throw new UsageError(`--since ${since} lies behind --as-of ${day}`, { code: "DAY", hint: "name the earlier day with --since" });
  }
  if (since !== null && dayNumber(day) - dayNumber(since) >= 400) {
    throw new UsageError(`--since ${since} to --as-of ${day} are more than 400 days`, {
      code: "DAY",
      hint: "decide them in several runs, the earliest first",
    });
  }
  return day;
}

/** Oldest day first within each definition. */
function listSpecs(versions: readonly PlannedVersion[], windows: WindowList): Spec[] {
  const specs = versions.flatMap(({ definition, ruleHash, days }) => days.map((asOf) => ({ definition, ruleHash, asOf })));
  // A day's windows are numbered one after another, so that who an agent was then is read once.
  return specs
    .toSorted((one, other) => dayNumber(one.asOf) - dayNumber(other.asOf))
    .map((spec) => ({ ...spec, windowNo: windows.numberOf(spec.definition, spec.asOf) }));
}

/** What came in since each definition was decided last; nearly always since the same batches, which are asked once. */
async function readChangesOf(
  warehouse: QueryReader,
  ids: readonly string[],
  { lastSnapshots, marts }: { readonly lastSnapshots: ReadonlyMap<string, Snapshot>; readonly marts: MartsSnapshot },
): Promise<Map<string, Changes>> {
  const read = new Map<string, Changes>();
  const changes = new Map<string, Changes>();
  for (const id of ids) {
    const before = lastSnapshots.get(id);
    if (before === undefined || lastDayOf(before) === null) continue;
    const key = JSON.stringify([
      Object.keys(marts.snapshot).map((stream) => before[stream] ?? 0),
      lastDayOf(before),
      [...finalDaysIn(before)],
    ]);
    const found = read.get(key) ?? (await readChanges(warehouse, before, marts));
    read.set(key, found);
    changes.set(id, found);
  }
  return changes;
}

interface LateAgentsRequest {
  readonly late: LatePlan;
  readonly changes: ReadonlyMap<string, Changes>;
  readonly known: KnownEntries;
}

/** Whoever has a day to be decided again beside tonight's. */
async function readLateAgents(warehouse: QueryReader, { late, changes, known }: LateAgentsRequest): Promise<Set<string>> {
  const named = new Set([...new Set(changes.values())].flatMap(({ ofAgents }) => [...ofAgents.keys()]));
  if (late.looksAtEveryAward()) for (const agentId of known.keys()) named.add(agentId);
  if (late.touchesEverybody()) for (const row of await warehouse.rows(recogniseSql("roster"))) named.add(text(row, "agent_id"));
  return new Set(
    [...named].filter((agentId) => {
      const { days, awardDays } = late.daysOf(agentId, liveAwardsOf(known, agentId));
      return days.length + awardDays.length > 0;
    }),
  );
}

/** With the days that were judged already; each day once. */
function daysOfFallen(fallen: readonly FallenAward[], late: LatePlan): DaysAgain {
  const whole = fallen.map(({ award }) => late.wholePeriodOf(award));
  const days = [...fallen, ...whole].flatMap((one) => one.days);
  return {
    days: [...new Map(days.map((day) => [`${day.ruleHash} ${day.asOf}`, day])).values()],
    awardDays: whole.flatMap(({ awardDays }) => awardDays),
  };
}

/** Awards outlive their definition: somebody earned them. To end one, give it a last day. */
function heldDefinitions(stored: readonly StoredDefinition[], ids: readonly string[], known: KnownEntries): HeldDefinition[] {
  const gone = [...new Set(stored.map(({ definitionId }) => definitionId))].filter((id) => !ids.includes(id));
  if (gone.length === 0) return [];
  const live = Map.groupBy(liveAwards(known), ({ definitionId }) => definitionId);
  return gone.flatMap((definitionId) => {
    const awards = live.get(definitionId)?.length ?? 0;
    if (awards === 0) return [];
    return [
      {
        definitionId,
        liveAwards: awards,
        reason:
          "its definition is no longer in the files: the awards stay as they are and nothing new is decided; end it with valid.to instead",
      },
    ];
  });
}
