import { hash } from "node:crypto";
import { netstring, netstrings } from "../../../domain/business-key.ts";
import type { CanonicalRecord, CanonicalValue } from "../../../domain/records/record.ts";
import { isStreamName, type StreamColumn, type StreamDefinition, streamDefinition } from "../../../domain/records/streams.ts";
import type { SourceItem } from "../../../ports/source.ts";
import { type Cells, compileCondition, type TestRow } from "./condition.ts";
import { isUnreadable, type NoteOddity, prepareReadText, prepareTwoCells, type Read, type Unreadable, unreadable } from "./convert.ts";
import { type ResolvedMapping, rowFilter } from "./mapping.ts";
import type { Condition, Field, Mapping } from "./mapping-schema.ts";
import { createOccurrenceCounter } from "./occurrence-counter.ts";

/** Maps scrubbed cells, as many as the header has names, to what the source makes of them. `payload` is their JSON, for the archive. */
export type MapRow = (cells: Cells, place: string, payload: string) => SourceItem;

type MutableRecord = Record<string, CanonicalValue>;
/** Reads one canonical column of a row; `record` holds the columns it depends on. */
type ReadColumn = (cells: Cells, record: CanonicalRecord) => Read;

interface ColumnStep {
  readonly name: string;
  readonly read: ReadColumn;
  /** The column of the file its rejects point at; the canonical name where there are several. */
  readonly blamed: string;
  readonly blamedIndex: number;
  /** Where a date and a time make an instant: the date's column, to blame when it is the date that cannot be read. */
  readonly dated: { readonly column: string; readonly index: number } | null;
}

interface Compiler {
  readonly mapping: Mapping;
  readonly stream: StreamDefinition;
  readonly indexOf: (column: string) => number;
  readonly compile: (condition: Condition) => TestRow;
  readonly note: NoteOddity;
}

const maximumEvidence = 200;

/**
 * Everything a mapping says, worked out once: per row there is one call per canonical column and no look-up by name.
 * The mapping has been checked, and its columns exist in the header.
 */
export function prepareMapRow({ mapping, header }: ResolvedMapping): MapRow {
  const stream = streamOf(mapping);
  const oddities = new Set<string>();
  const compiler = createCompiler(mapping, header, stream, (name) => oddities.add(name));
  const steps = columnSteps(compiler);
  const isWanted = optional(rowFilter(mapping), compiler);
  const isDeleted = optional(mapping.deleted_when ?? null, compiler);
  const readFlags = prepareFlags(compiler, oddities);
  const template = Object.fromEntries(stream.columns.map(({ name }) => [name, null]));
  return (cells, place, payload) => {
    if (isWanted !== null && !isWanted(cells)) return { kind: "filtered", place, payload };
    oddities.clear();
    const record: MutableRecord = { ...template };
    for (const step of steps) {
      const value = step.read(cells, record);
      if (isUnreadable(value)) return { kind: "reject", place, reject: refuse(value, step, cells), payload };
      record[step.name] = value;
    }
    if (readFlags !== null) record.flags = readFlags(cells);
    if (isDeleted?.(cells)) return { kind: "record", place, stream: stream.name, record, isDeleted: true, payload };
    return { kind: "record", place, stream: stream.name, record, payload };
  };
}

function streamOf({ stream }: Mapping): StreamDefinition {
  if (!isStreamName(stream)) throw new RangeError(`stream ${stream} is not known`);
  return streamDefinition(stream);
}

function createCompiler(mapping: Mapping, header: readonly string[], stream: StreamDefinition, note: NoteOddity): Compiler {
  const indexOf = (column: string) => header.indexOf(column);
  const nulls = new Set(mapping.nulls);
  const context = {
    indexOf,
    isNull: (value: string) => nulls.has(value),
    style: { decimal: mapping.decimal, thousands: mapping.thousands ?? "" },
  };
  return { mapping, stream, indexOf, compile: (condition) => compileCondition(condition, context), note };
}

function optional(condition: Condition | null, { compile }: Compiler): TestRow | null {
  return condition === null ? null : compile(condition);
}

function refuse({ unreadable: reason }: Unreadable, step: ColumnStep, cells: Cells) {
  const isDate = reason === "not_a_date" && step.dated !== null;
  const value = cells[isDate ? step.dated.index : step.blamedIndex] ?? null;
  return {
    reason,
    field: isDate ? step.dated.column : step.blamed,
    value: value !== null && value.length > maximumEvidence ? `${value.slice(0, maximumEvidence)}...` : value,
  };
}

/** Columns in an order in which each stands behind those it is made of. */
function columnSteps(compiler: Compiler): ColumnStep[] {
  const { mapping, stream } = compiler;
  const steps: ColumnStep[] = [];
  const done = new Set<string>();
  const add = (column: StreamColumn) => {
    const field = mapping.columns[column.name];
    if (field === undefined || done.has(column.name)) return;
    done.add(column.name);
    for (const other of stream.columns) {
      if (field.after === other.name || field.sum?.includes(other.name)) add(other);
    }
    steps.push(columnStep(column, field, compiler));
  };
  for (const column of stream.columns) add(column);
  return steps;
}

function columnStep(column: StreamColumn, field: Field, compiler: Compiler): ColumnStep {
  const blamed = field.column ?? field.time?.column ?? null;
  const read = prepareColumn(column, field, compiler);
  return {
    name: column.name,
    read: field.null_when === undefined ? read : unless(compiler.compile(field.null_when), read),
    blamed: blamed ?? column.name,
    blamedIndex: blamed === null ? -1 : compiler.indexOf(blamed),
    dated: field.date === undefined ? null : { column: field.date.column, index: compiler.indexOf(field.date.column) },
  };
}

function unless(isNull: TestRow, read: ReadColumn): ReadColumn {
  return (cells, record) => (isNull(cells) ? null : read(cells, record));
}

function prepareColumn(column: StreamColumn, field: Field, compiler: Compiler): ReadColumn {
  if (field.constant !== undefined) return prepareConstant(column, field, field.constant, compiler);
  if (field.column !== undefined) return prepareCell(column, field, field.column, compiler);
  if (field.key !== undefined) return prepareKey(field, field.key, compiler);
  if (field.sum !== undefined) return prepareSum(field.sum);
  if (field.whole_row) return prepareWholeRow();
  return prepareDateAndTime(field, compiler);
}

function prepareConstant(column: StreamColumn, field: Field, constant: string, { mapping, note }: Compiler): ReadColumn {
  const value = prepareReadText(column, field, mapping, note)(constant);
  return () => value;
}

function prepareCell(column: StreamColumn, field: Field, from: string, compiler: Compiler): ReadColumn {
  const index = compiler.indexOf(from);
  const cellText = prepareCellText(field, compiler.mapping);
  const read = prepareReadText(column, field, compiler.mapping, compiler.note);
  return (cells) => {
    const text = cellText(cells[index] ?? "");
    return text === null ? null : read(text);
  };
}

/** The text of a cell after its case was changed; null for a null marker, with or without spaces around it. */
function prepareCellText(field: Field, mapping: Mapping): (cell: string) => string | null {
  const nulls = new Set([...mapping.nulls, ...(field.nulls ?? [])]);
  const longest = Math.max(0, ...[...nulls].map(({ length }) => length));
  // Looking a text up hashes it first; most texts are longer than any marker.
  const isNull = (text: string) => (text.length <= longest && nulls.has(text)) || (hasOuterSpace(text) && nulls.has(text.trim()));
  const { case: letters } = field;
  if (letters === undefined) return (cell) => (isNull(cell) ? null : cell);
  return (cell) => {
    const text = letters === "lower" ? cell.toLowerCase() : cell.toUpperCase();
    return isNull(cell) || isNull(text) ? null : text;
  };
}

function hasOuterSpace(text: string): boolean {
  return text.charCodeAt(0) <= 32 || text.charCodeAt(text.length - 1) <= 32;
}

/** Several native parts as netstrings; unknown when each of them is. */
function prepareKey(field: Field, columns: readonly string[], { mapping, indexOf }: Compiler): ReadColumn {
  const indexes = columns.map(indexOf);
  const cellText = prepareCellText(field, mapping);
  return (cells) => {
    let key = "";
    let isKnown = false;
    for (const index of indexes) {
      const text = cellText(cells[index] ?? "");
      key += netstring(text ?? "");
      if (text !== null) isKnown = true;
    }
    return isKnown ? key : null;
  };
}

/** Unknown parts count as 0, and the sum is unknown where all of them are. */
function prepareSum(parts: readonly string[]): ReadColumn {
  return (_cells, record) => {
    let sum: number | null = null;
    for (const part of parts) {
      const value = record[part];
      if (typeof value === "number") sum = (sum ?? 0) + value;
    }
    return sum === null || Number.isSafeInteger(sum) ? sum : unreadable("out_of_range");
  };
}

/** For files without an id: equal rows are told apart by their number among their like. */
function prepareWholeRow(): ReadColumn {
  const occurrences = createOccurrenceCounter();
  return (cells) => {
    const digest = hash("sha256", netstrings(cells.map((cell) => cell ?? "")));
    return `${digest.slice(0, 32)}-${occurrences.next(BigInt(`0x${digest.slice(0, 16)}`))}`;
  };
}

function prepareDateAndTime(field: Field, { mapping, indexOf, note }: Compiler): ReadColumn {
  const dateIndex = indexOf(field.date?.column ?? "");
  const timeIndex = indexOf(field.time?.column ?? "");
  const cellText = prepareCellText(field, mapping);
  const read = prepareTwoCells(field, mapping, note);
  const anchor = field.after ?? null;
  return (cells, record) => {
    const date = cellText(cells[dateIndex] ?? "");
    const time = cellText(cells[timeIndex] ?? "");
    if (date === null || time === null) return null;
    const anchored = anchor === null ? null : (record[anchor] ?? null);
    return read(date, time, typeof anchored === "number" ? anchored : null);
  };
}

/** Names of the oddities a row is kept with, in alphabetical order; null where there are none to tell. */
function prepareFlags({ mapping, stream, compile }: Compiler, oddities: ReadonlySet<string>): ((cells: Cells) => string | null) | null {
  if (!stream.columns.some(({ name }) => name === "flags") || mapping.columns.flags !== undefined) return null;
  const conditions = Object.entries(mapping.flags).map(([name, condition]) => ({ name, holds: compile(condition) }));
  return (cells) => {
    let names: string[] | null = null;
    for (const { name, holds } of conditions) {
      if (!holds(cells)) continue;
      names ??= [];
      names.push(name);
    }
    if (oddities.size > 0) names = [...(names ?? []), ...oddities];
    return names === null ? null : names.sort().join(",");
  };
}
