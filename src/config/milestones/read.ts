import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Document, LineCounter, parseDocument } from "yaml";
import type { Goal, MilestoneDefinition } from "../../domain/recognise/definition.ts";
import { type LintFinding, lintMilestones } from "../../domain/recognise/lint.ts";
import { metricNamed } from "../../domain/recognise/metrics.ts";
import { ConfigError } from "../../errors.ts";
import { parseDecimal } from "../decimal.ts";
import { describeFaults, type Fault, faultsOf, type Located, lineOf } from "../faults.ts";
import { milestonesFileSchema, type WrittenGoal, type WrittenMilestone } from "./schema.ts";

/** A fault of a definition file, with the rule it breaks: what `gami milestones lint` prints. */
export interface MilestoneFault extends Fault {
  readonly file: string;
  readonly rule: string;
  readonly level: LintFinding["level"];
  /** Null where the file could not be read so far. */
  readonly definitionId: string | null;
}

export interface ReadMilestones {
  readonly files: readonly string[];
  readonly definitions: readonly MilestoneDefinition[];
  /** Everything wrong in all files at once. */
  readonly faults: readonly MilestoneFault[];
}

const maximumBytes = 5_000_000;

/** Reads folders (their *.yaml and *.yml, by name) and files. A place that is not there is a fault; `mayBeMissing` takes it for an empty folder. */
export function readMilestones(places: readonly string[], { mayBeMissing = false } = {}): ReadMilestones {
  const read = places.flatMap((place) => filesOf(place, mayBeMissing));
  const faults: MilestoneFault[] = [];
  const found: FoundDefinition[] = [];
  for (const one of read) {
    if (one.fault !== null) faults.push(one.fault);
    else found.push(...readFile(one.file, faults));
  }
  for (const finding of lintMilestones(found.map(({ definition }) => definition))) faults.push(placed(finding, found));
  return {
    files: read.flatMap(({ file, fault }) => (fault === null ? [file] : [])),
    definitions: found.map(({ definition }) => definition),
    faults,
  };
}

/** The definitions, when nothing in the files is wrong. @throws ConfigError naming every fault at once. */
export function requireMilestones(read: ReadMilestones): readonly MilestoneDefinition[] {
  const errors = read.faults.filter(({ level }) => level === "error");
  if (errors.length === 0) return read.definitions;
  const texts = [...Map.groupBy(errors, ({ file }) => file)].map(([file, faults]) => describeFaults(file, faults));
  throw new ConfigError(texts.join("\n"), { code: "MILESTONES_INVALID", hint: "correct them and run 'gami milestones lint'" });
}

interface FoundDefinition {
  readonly file: string;
  readonly located: Located;
  readonly path: string;
  readonly definition: MilestoneDefinition;
}

function filesOf(place: string, mayBeMissing: boolean): { readonly file: string; readonly fault: MilestoneFault | null }[] {
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined)
    return mayBeMissing
      ? []
      : [{ file: place, fault: fileFault(place, "is not there - expected a file of milestone definitions, or a folder of them") }];
  if (!found.isDirectory()) return [{ file: place, fault: null }];
  const names = readdirSync(place).filter((name) => /\.ya?ml$/i.test(name));
  return names.toSorted().map((name) => ({ file: join(place, name), fault: null }));
}

function fileFault(file: string, text: string, line: number | null = null): MilestoneFault {
  return { file, rule: "file", level: "error", definitionId: null, path: "", line, text };
}

function readFile(file: string, faults: MilestoneFault[]): FoundDefinition[] {
  const text = textOf(file);
  if (text === null) {
    faults.push(fileFault(file, "is not YAML text in UTF-8 of at most 5 MB"));
    return [];
  }
  const lines = new LineCounter();
  // Tiers of one goal differ in two keys: `<<: *goal` says the rest once.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, merge: true });
  const broken = [...document.errors, ...document.warnings];
  faults.push(...broken.map((error) => fileFault(file, error.message, lines.linePos(error.pos[0]).line)));
  if (broken.length > 0) return [];
  const located = { document, lines };
  const value = plainValue(document);
  if (value === null) {
    faults.push(fileFault(file, "has aliases that cannot be resolved"));
    return [];
  }
  const parsed = milestonesFileSchema.safeParse(value, { jitless: true });
  if (!parsed.success) {
    const idAt = (path: string) => idOf(value, path);
    for (const fault of faultsOf(parsed.error, located, value, () => knownKeys)) {
      const rule = /\.window(\.|$)/.test(fault.path) ? "untyped_window" : /\.metric$/.test(fault.path) ? "unknown_metric" : "shape";
      faults.push({ ...fault, file, rule, level: "error", definitionId: idAt(fault.path) });
    }
    return [];
  }
  return parsed.data.milestones.flatMap((written, index) => {
    const path = `milestones.${index}`;
    const wrong = wordFaults(written, path);
    for (const { path: place, ...fault } of wrong) {
      faults.push({
        ...fault,
        path: place,
        file,
        line: lineOf(located, place.split(".").map(asKey)),
        level: "error",
        definitionId: written.id,
      });
    }
    return wrong.length > 0 ? [] : [{ file, located, path, definition: definitionOf(written) }];
  });
}

/** Null where an alias names nothing, or so many of each other that they would fill the memory. */
function plainValue(document: Document): unknown {
  try {
    return document.toJS() ?? {};
  } catch {
    return null;
  }
}

const knownKeys = [
  "id",
  "name",
  "metric",
  "direction",
  "threshold",
  "unit",
  "strict",
  "aggregate",
  "window",
  "minimum",
  "floor",
  "guards",
  "scope",
  "tier",
  "reset",
  "valid",
  "onChange",
  "flair",
  "cost",
];

function textOf(file: string): string | null {
  try {
    const bytes = readFileSync(file);
    return bytes.length > maximumBytes ? null : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function asKey(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part;
}

function idOf(value: unknown, path: string): string | null {
  const index = /^milestones\.(\d+)/.exec(path)?.[1];
  const list =
    typeof value === "object" && value !== null && "milestones" in value && Array.isArray(value.milestones) ? value.milestones : [];
  const one: unknown = index === undefined ? null : list[Number(index)];
  return typeof one === "object" && one !== null && "id" in one ? String(one.id) : null;
}

type WordFault = Pick<MilestoneFault, "path" | "rule" | "text">;

/** What the schema cannot say: each metric may be aggregated in one way only (T47). */
function wordFaults({ metric, aggregate }: WrittenMilestone, path: string): WordFault[] {
  const known = metricNamed(metric);
  if (aggregate === undefined || aggregate === known.aggregate) return [];
  const isMeanOfMeans = known.aggregate === "ratio" && /mean|average|avg/i.test(aggregate);
  const isSumOfRatios = known.aggregate !== "total" && /sum|total/i.test(aggregate);
  const why = isMeanOfMeans
    ? "an average of averages counts a day of 2 interactions as much as one of 40"
    : isSumOfRatios
      ? `a sum of ${metric} over days means nothing`
      : "it has one way to be aggregated";
  const rule = isMeanOfMeans ? "average_of_averages" : isSumOfRatios ? "sum_of_ratios" : "aggregate";
  return [{ path: `${path}.aggregate`, rule, text: `"${aggregate}" - ${why}: ${metric} is a ${known.aggregate}, leave this out` }];
}

function definitionOf(written: WrittenMilestone): MilestoneDefinition {
  const { scope, flair, minimum } = written;
  return {
    id: written.id,
    name: written.name,
    goal: goalOf(written),
    window: written.window,
    minimum: Object.fromEntries(Object.entries(minimum).filter(([, value]) => value !== undefined)),
    floorMilli: written.floor === undefined ? null : milli(written.floor),
    guards: written.guards.map(goalOf),
    scope: {
      site: scope.site ?? [],
      team: scope.team ?? [],
      role: scope.role ?? [],
      employment: scope.employment ?? [],
      queue: scope.queue ?? [],
    },
    tier: written.tier,
    reset: written.reset,
    valid: { from: written.valid.from, to: written.valid.to ?? null },
    onChange: written.onChange,
    flair: flair === undefined ? null : { badge: flair.badge, variant: flair.variant, priorityClass: flair.priority },
    ...(written.cost === undefined ? {} : { costMilli: milli(written.cost) }),
  };
}

function goalOf({ metric, direction, threshold, unit, strict }: WrittenGoal): Goal {
  return { metric, direction, thresholdMilli: milli(threshold), unit, isStrict: strict };
}

function milli(value: string | number): number {
  return Number(parseDecimal(String(value), 3));
}

function placed(finding: LintFinding, found: readonly FoundDefinition[]): MilestoneFault {
  const place = found.find(({ definition }) => definition.id === finding.definitionId);
  const file = place?.file ?? "";
  const path = place?.path ?? "";
  return {
    ...finding,
    file,
    path: `${path} (${finding.definitionId})`,
    line: place === undefined ? null : lineOf(place.located, path.split(".").map(asKey)),
  };
}

/** `milestones/gold.yaml:12: error: wrong_way: ...`, as editors and CI jump to it. */
export function faultText({ file, line, level, rule, path, text }: MilestoneFault): string {
  return `${file}${line === null ? "" : `:${line}`}: ${level}: ${rule}: ${path === "" ? "" : `${path} `}${text}`;
}
