import { differingStretches, zoneOffsets } from "../../domain/zone-offsets/zone-offsets.ts";
import type { ModelInput, TouchedInterval, ZoneOffsetRow } from "../../ports/warehouse.ts";
import { commitInput, type InputDeps, syncSettings } from "./sync-settings.ts";

/** Facts may lie a little outside the logged stretches, and a new day should not make every zone be written again. */
const marginYears = 1;

export interface PreparedModels {
  readonly changedSettings: readonly string[];
  readonly changedZones: readonly string[];
}

/**
 * Brings what dbt needs beside raw rows up to date: the settings, and the offsets of every zone in use over the range of the
 * data. Called before each hand-off; changes nothing when nothing changed.
 */
export async function prepareForModels(deps: InputDeps, settings: Readonly<Record<string, string>>): Promise<PreparedModels> {
  const { changed: changedSettings } = await syncSettings(deps, settings);
  return { changedSettings, changedZones: await syncZoneOffsets(deps) };
}

/** Zones of agents and shifts, of sources and of the organisation. */
async function zonesWanted({ warehouse }: InputDeps): Promise<readonly string[]> {
  const settings = await warehouse.settings();
  const named = Object.entries(settings).filter(([name]) => name === "organisation_zone" || name.startsWith("source_zone."));
  return [...new Set([...named.map(([, zone]) => zone), ...(await warehouse.zonesInUse())])].sort();
}

async function syncZoneOffsets(deps: InputDeps): Promise<readonly string[]> {
  const range = await deps.warehouse.dataRange();
  const zones = await zonesWanted(deps);
  const held = Map.groupBy(await deps.warehouse.zoneOffsets(), ({ zone }) => zone);
  const covered = wholeYears(range ?? { from: 0, to: 0 });
  const changed: ZoneOffsetRow[] = [];
  const touched: TouchedInterval[] = [];
  for (const zone of zones) {
    const wanted = zoneRows(zone, covered);
    const before = held.get(zone) ?? [];
    if (isEqual(before, wanted)) continue;
    changed.push(...wanted);
    if (range !== null) touched.push(...differingStretches(before, wanted, { from: range.from, to: range.to + 1 }));
  }
  if (changed.length === 0) return [];
  const input: ModelInput = { kind: "zone_offset", offsets: changed };
  await commitInput(deps, input, touched);
  return [...new Set(changed.map(({ zone }) => zone))];
}

function wholeYears({ from, to }: TouchedInterval): TouchedInterval {
  return {
    from: Date.UTC(new Date(from).getUTCFullYear() - marginYears, 0, 1),
    to: Date.UTC(new Date(to).getUTCFullYear() + marginYears + 1, 0, 1),
  };
}

function zoneRows(zone: string, { from, to }: TouchedInterval): ZoneOffsetRow[] {
  const tzVersion = process.versions.tz ?? "unknown";
  return zoneOffsets(zone, from, to).map((offset) => ({ zone, tzVersion, ...offset }));
}

/** A newer version of the rules that says the same is no change. */
function isEqual(held: readonly ZoneOffsetRow[], wanted: readonly ZoneOffsetRow[]): boolean {
  return (
    held.length === wanted.length &&
    held.every((row, index) => {
      const other = wanted[index];
      return row.startsAt === other?.startsAt && row.endsAt === other.endsAt && row.offsetSeconds === other.offsetSeconds;
    })
  );
}
