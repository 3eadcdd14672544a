import { createHash } from "node:crypto";
import { LineCounter, parseDocument, stringify } from "yaml";
import { describeFaults, type Fault, faultsOf, lineOf } from "../../../config/faults.ts";
import { netstrings } from "../../../domain/business-key.ts";
import { ConfigError } from "../../../errors.ts";
import { mappingFaults } from "./mapping-rules.ts";
import { type Condition, fieldObject, type Mapping, mappingSchema } from "./mapping-schema.ts";

export type { Condition, Field, Mapping } from "./mapping-schema.ts";

/** Counts up when the same mapping starts to make other records of the same cells. */
const mapperCodeVersion = "csv-1";

/**
 * Reads the text of a mapping file. `file` names it in messages.
 * @throws ConfigError with every fault at once: path, line, value and what was expected.
 */
export function parseMapping(text: string, file: string): Mapping {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const broken = [...document.errors, ...document.warnings].map((error) => ({
    path: "",
    line: lines.linePos(error.pos[0]).line,
    text: error.message,
  }));
  if (broken.length > 0) throw faulty(file, broken);
  const located = { document, lines };
  const value = expandShorthands(plainValue(document, file));
  const parsed = mappingSchema.safeParse(value);
  if (!parsed.success) throw faulty(file, faultsOf(parsed.error, located, value, knownKeys));
  const faults = mappingFaults(parsed.data).map(({ path, text: what }) => ({
    path: path.join("."),
    line: lineOf(located, path),
    text: what,
  }));
  if (faults.length > 0) throw faulty(file, faults);
  return parsed.data;
}

function plainValue(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (cause) {
    throw faulty(file, [{ path: "", line: null, text: cause instanceof Error ? cause.message : String(cause) }]);
  }
}

function faulty(file: string, faults: readonly Fault[]): ConfigError {
  return new ConfigError(describeFaults(file, faults), {
    code: "MAPPING_INVALID",
    hint: "correct these places; 'gami import csv FILE --infer' proposes a mapping to start from",
  });
}

function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const conditionKeys = [
    "all",
    "any",
    "not",
    "column",
    "as",
    "equals",
    "in",
    "not_in",
    "matches",
    "is_empty",
    "greater",
    "less",
    "at_least",
    "at_most",
  ];
  if (path.length === 0) return Object.keys(mappingSchema.shape);
  if (path[0] === "columns" && path.length === 2) return Object.keys(fieldObject.shape);
  if (path.at(-1) === "date" || path.at(-1) === "time") return ["column", "format"];
  if (path[0] === "pseudonymise") return ["column", "keep"];
  return conditionKeys;
}

/** `talk_ms: name` means `talk_ms: {column: name}`, and so on for every place a bare column name may stand. */
function expandShorthands(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const expanded: Record<string, unknown> = { ...value };
  if (isRecord(value.columns)) expanded.columns = mapValues(value.columns, expandField);
  if (Array.isArray(value.pseudonymise)) expanded.pseudonymise = value.pseudonymise.map(asColumn);
  return expanded;
}

function expandField(field: unknown): unknown {
  const object = asColumn(field);
  if (!isRecord(object)) return object;
  const moments = {
    ...("date" in object ? { date: asColumn(object.date) } : {}),
    ...("time" in object ? { time: asColumn(object.time) } : {}),
  };
  return { ...object, ...moments };
}

function asColumn(value: unknown): unknown {
  return typeof value === "string" || typeof value === "number" ? { column: String(value) } : value;
}

function mapValues(record: Readonly<Record<string, unknown>>, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A mapping that knows its header, so that archived cells can be mapped by it without the file. */
export interface ResolvedMapping {
  readonly mapping: Mapping;
  /** The names of the file's columns in their order. */
  readonly header: readonly string[];
}

/** Hash of everything that decides how a row is mapped; the order of keys in the file does not. */
export function mapperVersion({ mapping, header }: ResolvedMapping, pseudonymKey: Buffer | null): string {
  const key = pseudonymKey === null ? "" : createHash("sha256").update(pseudonymKey).update("fingerprint").digest("hex");
  const content = netstrings([mapperCodeVersion, canonicalJson(mapping), JSON.stringify(header), key]);
  return createHash("sha256").update(content).digest("hex").slice(0, 32);
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

/** The text kept beside the archive: the mapping with the header it met. */
export function writeMapping({ mapping, header }: ResolvedMapping): string {
  return stringify({ ...mapping, header });
}

/** The condition a row must meet to be read; null when every row is. */
export function rowFilter({ keep_when, drop_when }: Mapping): Condition | null {
  const parts = [...(keep_when === undefined ? [] : [keep_when]), ...(drop_when === undefined ? [] : [{ not: drop_when }])];
  return parts.length === 0 ? null : { all: parts };
}
