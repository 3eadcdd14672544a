import { batchId } from "../../domain/load/batch-id.ts";
import { beginningOfTime, endOfTime } from "../../domain/load/touched-columns.ts";
import type { Archive } from "../../ports/archive.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ModelInput, TouchedInterval, Warehouse } from "../../ports/warehouse.ts";
import { refuseStaleWarehouse } from "./refuse-stale-warehouse.ts";
import { settlePending } from "./settle-pending.ts";

export interface InputDeps {
  readonly warehouse: Warehouse;
  readonly archive: Archive;
  readonly clock: Clock;
}

/** Settings by which a fact finds its local day or its agent: a change moves rows that are already loaded. */
function movesDays(name: string): boolean {
  return name === "organisation_zone" || name === "day_start" || name === "identity" || name.startsWith("source_zone.");
}

/**
 * Brings meta.setting to these values; an empty one takes the setting away, the names that are not given stay. A change of a zone, of the day's start or of the
 * identity touches all time, the rest touches nothing, since every run of dbt reads it anew.
 */
export async function syncSettings(
  deps: InputDeps,
  wanted: Readonly<Record<string, string>>,
): Promise<{ readonly changed: readonly string[] }> {
  const current = await deps.warehouse.settings();
  const changed = Object.entries(wanted).filter(([name, value]) => (current[name] ?? "") !== value);
  if (changed.length === 0) return { changed: [] };
  const all: TouchedInterval = { from: Date.parse(beginningOfTime), to: Date.parse(endOfTime) };
  const touched = changed.some(([name]) => movesDays(name)) ? [all] : [];
  await commitInput(deps, { kind: "setting", settings: Object.fromEntries(changed) }, touched);
  return { changed: changed.map(([name]) => name) };
}

/** Archives and commits a batch of settings or zone offsets. @throws WarehouseError when the warehouse stands behind its archive. */
export async function commitInput(deps: InputDeps, input: ModelInput, touched: readonly TouchedInterval[]): Promise<void> {
  const { warehouse, archive, clock } = deps;
  const archivedSeq = await archive.lastSeq("gami", input.kind);
  const { fence, seq: lastSeq } = await warehouse.claimInput(input.kind);
  refuseStaleWarehouse({ source: "gami", stream: input.kind, archivedSeq, seq: lastSeq });
  await settlePending(deps, "gami", input.kind);
  const seq = lastSeq + 1;
  const count = input.kind === "setting" ? Object.keys(input.settings).length : input.offsets.length;
  const recordedAt = clock.now();
  const identity = { source: "gami", stream: input.kind, mapperVersion: "1", ordinal: seq, contentHash: JSON.stringify(input) };
  const manifest = await archive.writeInput(
    {
      batchId: batchId(identity),
      source: "gami",
      stream: input.kind,
      seq,
      fence,
      mapperVersion: "1",
      recordedAt: new Date(recordedAt).toISOString(),
      position: null,
      received: count,
      retryOf: null,
    },
    input,
    touched,
  );
  const { batchId: id, sha256 } = manifest;
  await warehouse.commitInput({ batchId: id, seq, fence, recordedAt, archivePath: null, sha256, input, touched });
  await archive.settle(manifest, null);
}
