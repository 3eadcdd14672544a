import { addDays, datesBetween } from "../../domain/calendar.ts";
import { isInForce, type MilestoneDefinition } from "../../domain/recognise/definition.ts";
import { windowSpan } from "../../domain/recognise/judge.ts";
import type { Judged } from "../../domain/recognise/plan-awards.ts";
import { resetPeriodOf } from "../../domain/recognise/reset-period.ts";
import type { Snapshot, StoredDefinition } from "../../ports/decision-store.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { judgeSpec } from "./judge-spec.ts";
import { type KnownEntries, type KnownEntry, liveAwards } from "./last-entries.ts";
import { listWindows, type Spec, type Version } from "./plan-windows.ts";
import { type HasChanged, readChanges } from "./read-changes.ts";
import { type AgentFigures, readFigures } from "./read-figures.ts";
import type { MartsSnapshot } from "./read-marts.ts";

/** Windows that awards of the past need again go in statements of so many. */
const windowsPerStatement = 200;
const mostDaysBack = 93;

export interface RecheckRequest {
  readonly warehouse: QueryReader;
  readonly versions: readonly Version[];
  readonly stored: readonly StoredDefinition[];
  readonly known: KnownEntries;
  readonly specs: readonly Spec[];
  readonly lastSnapshots: ReadonlyMap<string, Snapshot>;
  readonly marts: MartsSnapshot;
  readonly zone: string;
  readonly asOf: string;
}

export function placeOf(agentId: string, definitionId: string): string {
  return `${agentId} ${definitionId}`;
}

/** Days of standing awards that late data touched, or that a restated definition judges anew: nobody else's day is looked at again. */
export async function recheckAwards(request: RecheckRequest): Promise<Map<string, Judged[]>> {
  const { warehouse, known, lastSnapshots, marts, zone } = request;
  const judged = new Map<string, Judged[]>();
  const live = liveAwards(known);
  if (live.length === 0) return judged;
  const hasChanged = await readChanges(warehouse, earliest(live, lastSnapshots), marts.snapshot);
  const choose = prepareVersionToRecheck(request, hasChanged);
  const windows = listWindows();
  const wanted = new Map<string, Spec[]>();
  for (const award of live) {
    const version = choose(award);
    if (version === null) continue;
    // The award's own day decides; should it fall, the days after it may grant it again.
    const specs = daysOfAward(version.definition, award.finding.asOf, request.asOf).map((asOf) => ({
      ...version,
      asOf,
      windowNo: windows.numberOf(version.definition, asOf),
    }));
    wanted.set(award.agentId, [...(wanted.get(award.agentId) ?? []), ...specs]);
  }
  const definitions = [...wanted.values()].flat().map(({ definition }) => definition);
  for (let first = 0; first < windows.windows.length; first += windowsPerStatement) {
    const part = windows.windows.slice(first, first + windowsPerStatement);
    for await (const agent of readFigures(warehouse, { windows: part, definitions, zone })) addJudged(judged, agent, wanted);
  }
  return judged;
}

function addJudged(judged: Map<string, Judged[]>, figures: AgentFigures, wanted: ReadonlyMap<string, readonly Spec[]>): void {
  const { agentId } = figures.recipient;
  for (const spec of wanted.get(agentId) ?? []) {
    const place = placeOf(agentId, spec.definition.id);
    judged.set(place, [...(judged.get(place) ?? []), ...judgeSpec(spec, figures)]);
  }
}

/** For each stream the least far of what these awards' definitions were decided on. */
function earliest(awards: readonly KnownEntry[], lastSnapshots: ReadonlyMap<string, Snapshot>): Snapshot {
  const snapshots = [...new Set(awards.map(({ definitionId }) => definitionId))].map((id) => lastSnapshots.get(id) ?? {});
  const streams = [...new Set(snapshots.flatMap((snapshot) => Object.keys(snapshot)))];
  return Object.fromEntries(streams.map((stream) => [stream, Math.min(...snapshots.map((snapshot) => snapshot[stream] ?? 0))]));
}

/** The version an award's day is judged by again, or null when there is nothing to judge. */
function prepareVersionToRecheck(
  { versions, stored, specs, asOf }: RecheckRequest,
  hasChanged: HasChanged,
): (award: KnownEntry) => Version | null {
  const keyOf = ({ ruleHash }: Pick<Version, "ruleHash">, day: string) => `${ruleHash} ${day}`;
  const decided = new Set(specs.map((spec) => keyOf(spec, spec.asOf)));
  const byHash = new Map([...stored.map(versionOf), ...versions].map((version) => [version.ruleHash, version]));
  const inForce = new Map(
    versions.filter(({ definition }) => isInForce(definition, asOf)).map((version) => [version.definition.id, version]),
  );
  return (award) => {
    const day = award.finding.asOf;
    const current = inForce.get(award.definitionId);
    if (current !== undefined && current.ruleHash !== award.ruleHash && current.definition.onChange === "restate") {
      const { reset } = current.definition;
      const isThisPeriod = resetPeriodOf(reset, day).id === resetPeriodOf(reset, asOf).id;
      if (isThisPeriod) return decided.has(keyOf(current, day)) ? null : current;
    }
    const own = byHash.get(award.ruleHash);
    if (own === undefined || decided.has(keyOf(own, day))) return null;
    const { window, reset } = own.definition;
    const span = windowSpan(window, resetPeriodOf(reset, day), day);
    return hasChanged(award.agentId, span.from, span.until) ? own : null;
  };
}

/** From the award's day to the end of its period, or the day that is decided now. */
function daysOfAward({ reset }: MilestoneDefinition, from: string, asOf: string): string[] {
  const { until } = resetPeriodOf(reset, from);
  const last = until === null || until > asOf ? asOf : addDays(until, -1);
  const all = datesBetween(from, last);
  // A career's award of long ago: its own day, and the latest ones.
  return all.length <= mostDaysBack ? all : [from, ...all.slice(1 - mostDaysBack)];
}

function versionOf({ content, ruleHash }: StoredDefinition): Version {
  const definition: MilestoneDefinition = JSON.parse(content);
  return { definition, ruleHash };
}
