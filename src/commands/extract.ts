import { type ExtractReport, extract } from "../app/ingest/extract.ts";
import { reportGaps } from "../app/ingest/extract-gaps.ts";
import { type ExtractWish, planRead, positionOf } from "../app/ingest/extract-plan.ts";
import { addTotals, noTotals } from "../domain/load/batch-totals.ts";
import { ConfigError, UsageError } from "../errors.ts";
import { type PlatformName, platformNames } from "../ports/open-platform.ts";
import type { Platform, ReadDescription } from "../ports/platform.ts";
import type { CommandContext, CommandResult } from "./command.ts";
import { extractResult, gapsResult, listResult, planResult } from "./extract-text.ts";
import { holderOf, isGone } from "./holder.ts";
import { openPlatformIn } from "./open-platforms.ts";

export interface ExtractInput {
  readonly source: PlatformName | "all";
  /** Names of reads, or of streams they fill. */
  readonly stream?: readonly string[];
  /** Epoch milliseconds. */
  readonly since?: number;
  readonly until?: number;
  readonly fullRefresh?: true;
  readonly reset?: true;
  readonly allowOpenDay?: true;
  readonly list?: true;
  readonly gaps?: true;
  readonly dryRun?: true;
  /** Millionths; the config's when left out. */
  readonly maxRejectShare?: number;
}

/** `gami extract`: reads platforms into the warehouse. Exits 3 when a read has more rejects than allowed, 5 when --gaps finds one. */
export async function run(context: CommandContext, input: ExtractInput): Promise<CommandResult> {
  const platforms = await openPlatforms(context, input.source);
  if (input.list) return listResult(platforms);
  if (input.gaps) return showGaps(context, platforms, input);
  const chosen = platforms.map((platform) => ({ platform, reads: chooseReads(platform, input.stream) }));
  if (chosen.every(({ reads }) => reads.length === 0)) throw unknownStream(platforms, input.stream ?? []);
  return input.dryRun ? showPlan(context, chosen, input) : extractAll(context, chosen, input);
}

interface Chosen {
  readonly platform: Platform;
  readonly reads: readonly ReadDescription[];
}

async function openPlatforms(context: CommandContext, source: PlatformName | "all"): Promise<Platform[]> {
  const names = source === "all" ? platformNames.filter((name) => isConfigured(context, name)) : [source];
  if (names.length === 0) {
    throw new ConfigError("gami.config.yaml names no platform: expected sources.genesys or sources.cxone", {
      code: "SOURCE_NOT_CONFIGURED",
      hint: "add one under sources: in gami.config.yaml; docs/configuration.md lists the keys",
    });
  }
  const platforms: Platform[] = [];
  for (const name of names) platforms.push(await openPlatformIn(context, name));
  return platforms;
}

function isConfigured({ deps }: CommandContext, name: PlatformName): boolean {
  return Object.entries(deps.config.sources).some(([key, settings]) => key === name && settings !== null);
}

function chooseReads(platform: Platform, wanted: readonly string[] | undefined): readonly ReadDescription[] {
  if (wanted === undefined) return platform.reads;
  return platform.reads.filter(({ name, streams }) => wanted.some((word) => word === name || streams.some((stream) => stream === word)));
}

function unknownStream(platforms: readonly Platform[], wanted: readonly string[]): UsageError {
  const known = platforms.flatMap(({ reads }) => reads.map(({ name }) => name));
  return new UsageError(`no read is called ${wanted.join(", ")} - expected one of ${[...new Set(known)].join(", ")}`, {
    code: "STREAM_UNKNOWN",
    hint: "run 'gami extract --list' to see all",
  });
}

function wishOf({ since, until, allowOpenDay, fullRefresh, reset }: ExtractInput): ExtractWish {
  if (since !== undefined && until !== undefined && since >= until) {
    throw new UsageError(`--since ${iso(since)} is not before --until ${iso(until)}: the interval is empty`, {
      code: "INTERVAL_EMPTY",
      hint: "give --until a later day; it is not part of the interval itself",
    });
  }
  if (reset && until !== undefined) {
    throw new UsageError("--reset starts the reading over and takes no --until", {
      code: "USAGE",
      hint: "leave out one of the two; an interval is read again with --since and --until alone",
    });
  }
  return { since: since ?? null, until: until ?? null, isOpenDayAllowed: allowOpenDay === true, isFullRefresh: fullRefresh === true };
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}

async function showGaps({ deps }: CommandContext, platforms: readonly Platform[], { since }: ExtractInput): Promise<CommandResult> {
  const warehouse = await deps.warehouse();
  const coverage = [];
  for (const platform of platforms) {
    for (const report of await reportGaps(warehouse, platform, since ?? null)) coverage.push({ source: platform.source, ...report });
  }
  return gapsResult(coverage);
}

async function showPlan({ deps }: CommandContext, chosen: readonly Chosen[], input: ExtractInput): Promise<CommandResult> {
  const wish = wishOf(input);
  const warehouse = await deps.warehouse();
  const plans = [];
  for (const { platform, reads } of chosen) {
    for (const read of reads) {
      const known = await positionOf(warehouse, platform, read);
      plans.push({ source: platform.source, ...(await planRead(platform, read, known, wish, deps.clock.now())) });
    }
  }
  return planResult(plans);
}

async function extractAll({ deps, signal }: CommandContext, chosen: readonly Chosen[], input: ExtractInput): Promise<CommandResult> {
  const wish = wishOf(input);
  const shared = { clock: deps.clock, output: deps.output, holder: holderOf(deps), isGone };
  const stores = { warehouse: await deps.warehouse(), archive: await deps.archive(), state: await deps.state() };
  const reports: ExtractReport[] = [];
  for (const { platform, reads } of chosen) {
    reports.push(await extract({ ...shared, ...stores }, platform, { ...wish, reads, isReset: input.reset === true, signal }));
  }
  const report = {
    totals: reports.map(({ totals }) => totals).reduce(addTotals, noTotals),
    reads: reports.flatMap(({ reads }) => reads),
    drift: reports.flatMap(({ drift }) => drift),
  };
  return extractResult(report, input.maxRejectShare ?? deps.config.import.maxRejectPpm);
}
