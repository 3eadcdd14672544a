import { nearest } from "../../../config/nearest.ts";
import { isStreamName, type StreamColumn, type StreamDefinition, streamDefinition, streamNames } from "../../../domain/records/streams.ts";
import { isZoneName } from "../../../domain/zone.ts";
import { conditionColumns, conditionFaults } from "./condition.ts";
import { compileFormat, FormatFault } from "./date-format.ts";
import type { Condition, Field, Mapping } from "./mapping-schema.ts";
import { isNamedMoment, namedMoments } from "./moment.ts";

/** The rules between the keys of a mapping, one function each; every fault is found in one pass. */
export interface MappingFault {
  readonly path: readonly string[];
  readonly text: string;
}

/** Streams only gami itself writes. */
const ownStreams: readonly string[] = ["milestone", "ledger_entry", "decision"];
const importedStreams = streamNames.filter((name) => !ownStreams.includes(name));

export function mappingFaults(mapping: Mapping): MappingFault[] {
  const { stream } = mapping;
  if (!isStreamName(stream) || ownStreams.includes(stream)) {
    return [{ path: ["stream"], text: `"${stream}" - expected one of ${importedStreams.join(", ")}${meant(stream, importedStreams)}` }];
  }
  const definition = streamDefinition(stream);
  return [
    ...columnFaults(mapping, definition),
    ...keyFaults(mapping, definition),
    ...datingFaults(mapping, definition),
    ...handleFaults(mapping, definition),
    ...flagFaults(mapping, definition),
    ...rowConditionFaults(mapping),
    ...zoneFaults(["zone"], mapping.zone),
    ...separatorFaults(mapping),
    ...droppedFaults(mapping),
  ];
}

function columnFaults(mapping: Mapping, definition: StreamDefinition): MappingFault[] {
  return Object.entries(mapping.columns).flatMap(([name, field]) => {
    const path = ["columns", name];
    const column = definition.columns.find((known) => known.name === name);
    if (column === undefined) {
      const names = definition.columns.map((known) => known.name);
      return [{ path, text: `is not a column of ${definition.name}${meant(name, names) || `; it has ${names.join(", ")}`}` }];
    }
    return [
      ...originFaults(path, field, column, mapping, definition),
      ...optionFaults(path, field, column),
      ...unitFaults(path, field, column),
      ...momentFaults(path, field, column, mapping),
      ...zoneFaults([...path, "zone"], field.zone),
      ...(field.null_when === undefined ? [] : conditionFaults(field.null_when, [...path, "null_when"])),
    ];
  });
}

const origins = ["column", "key", "constant", "sum", "date", "whole_row"] as const;

function originFaults(
  path: readonly string[],
  field: Field,
  column: StreamColumn,
  mapping: Mapping,
  definition: StreamDefinition,
): MappingFault[] {
  const used = origins.filter((origin) => field[origin] !== undefined);
  if (used.length !== 1)
    return [{ path, text: `expected exactly one of ${origins.join(", ")}${used.length === 0 ? "" : `, found ${used.join(" and ")}`}` }];
  const faults: MappingFault[] = [];
  if ((field.date === undefined) !== (field.time === undefined)) faults.push({ path, text: "date and time belong together" });
  if (field.date !== undefined && column.type !== "instant")
    faults.push({ path, text: `date with time makes an instant, and ${column.name} is a ${column.type}` });
  if ((field.key ?? field.whole_row) !== undefined && column.type !== "text")
    faults.push({ path, text: `an id is a text, and ${column.name} is a ${column.type}` });
  if (field.sum !== undefined) faults.push(...sumFaults([...path, "sum"], field.sum, column, mapping, definition));
  if (field.after !== undefined) faults.push(...anchorFaults([...path, "after"], field, mapping, definition));
  return faults;
}

function sumFaults(
  path: readonly string[],
  parts: readonly string[],
  column: StreamColumn,
  mapping: Mapping,
  definition: StreamDefinition,
): MappingFault[] {
  if (column.type !== "integer") return [{ path, text: `only numbers add up, and ${column.name} is a ${column.type}` }];
  return parts.flatMap((part) => {
    const known = definition.columns.find(({ name }) => name === part);
    if (known?.type !== "integer") return [{ path, text: `"${part}" is not a number column of ${definition.name}` }];
    const field = mapping.columns[part];
    if (field === undefined) return [{ path, text: `"${part}" is not mapped here` }];
    return field.sum === undefined ? [] : [{ path, text: `"${part}" is itself a sum; name its parts` }];
  });
}

function anchorFaults(path: readonly string[], field: Field, mapping: Mapping, definition: StreamDefinition): MappingFault[] {
  const { after = "" } = field;
  if (field.date === undefined) return [{ path, text: "needs a date and a time, since only they can roll to the next day" }];
  const known = definition.columns.find(({ name }) => name === after);
  if (known?.type !== "instant" || mapping.columns[after] === undefined)
    return [{ path, text: `"${after}" is not an instant mapped here` }];
  const seen = new Set<string>();
  for (let next: string | undefined = after; next !== undefined; next = mapping.columns[next]?.after) {
    if (seen.has(next) || mapping.columns[next] === field) return [{ path, text: "goes round in a circle" }];
    seen.add(next);
  }
  return [];
}

/** Which options mean something for which type of canonical column. */
const optionTypes = {
  format: ["instant", "date"],
  unit: ["integer"],
  decimals: ["integer"],
  decimal: ["integer"],
  thousands: ["integer"],
  round: ["integer"],
  map: ["text", "integer", "boolean"],
  else: ["text", "integer", "boolean"],
  zone: ["instant"],
  after: ["instant"],
  tolerance_seconds: ["instant"],
} as const;

function optionFaults(path: readonly string[], field: Field, column: StreamColumn): MappingFault[] {
  const faults: MappingFault[] = [];
  for (const [option, types] of Object.entries(optionTypes)) {
    if (Reflect.get(field, option) === undefined || types.some((type) => type === column.type)) continue;
    faults.push({ path: [...path, option], text: `means nothing for ${column.name}, which is a ${column.type}` });
  }
  if (field.else !== undefined && field.map === undefined) faults.push({ path: [...path, "else"], text: "needs a map" });
  if (field.tolerance_seconds !== undefined && field.after === undefined)
    faults.push({ path: [...path, "tolerance_seconds"], text: "needs after" });
  if (field.decimals !== undefined && !column.name.endsWith("_minor"))
    faults.push({ path: [...path, "decimals"], text: "is for money columns (_minor)" });
  return faults;
}

function unitFaults(path: readonly string[], field: Field, { name, type }: StreamColumn): MappingFault[] {
  if (type !== "integer" || field.sum !== undefined) return [];
  const expected = unitsOf(name);
  if (field.unit === undefined) {
    const isObvious = !name.endsWith("_ms") && !name.endsWith("_ppm");
    return isObvious ? [] : [{ path: [...path, "unit"], text: `is missing - what the file counts: ${expected.join(", ")}` }];
  }
  return expected.includes(field.unit)
    ? []
    : [{ path: [...path, "unit"], text: `"${field.unit}" does not fit ${name} - expected ${expected.join(", ")}` }];
}

function unitsOf(name: string): readonly string[] {
  if (name.endsWith("_ms")) return ["milliseconds", "seconds", "minutes", "hours", "days", "h:mm:ss", "mm:ss", "iso-8601"];
  if (name.endsWith("_ppm")) return ["share", "percent", "ppm"];
  if (name.endsWith("_milli")) return ["ones", "milli"];
  if (name.endsWith("_minor")) return ["major", "minor"];
  return ["ones"];
}

function momentFaults(path: readonly string[], field: Field, { type }: StreamColumn, mapping: Mapping): MappingFault[] {
  if (type !== "instant" && type !== "date") return [];
  const needs = type === "instant" ? { date: true, time: true } : { date: true, time: false };
  if (field.date !== undefined && field.time !== undefined) {
    return [
      ...formatFaults([...path, "date", "format"], field.date.format ?? "iso-8601", { date: true, time: false }, mapping),
      ...formatFaults([...path, "time", "format"], field.time.format ?? "H:mm:ss", { date: false, time: true }, mapping),
      ...noZoneFaults(path, field, mapping),
    ];
  }
  if (field.column === undefined && field.constant === undefined) return [];
  const faults = formatFaults([...path, "format"], field.format ?? "iso-8601", needs, mapping);
  const needsZone = type === "instant" && asList(field.format ?? "iso-8601").some(isNaive);
  return needsZone ? [...faults, ...noZoneFaults(path, field, mapping)] : faults;
}

/** True where a value of this format has no offset of its own for certain. */
function isNaive(format: string): boolean {
  return format !== "iso-8601" && !format.startsWith("epoch_") && !format.includes("ZZ");
}

function noZoneFaults(path: readonly string[], field: Field, mapping: Mapping): MappingFault[] {
  if (field.zone !== undefined || mapping.zone !== undefined) return [];
  return [{ path: [...path], text: "is a local time - expected its IANA zone as `zone:` here or for the whole file" }];
}

function formatFaults(
  path: readonly string[],
  format: string | readonly string[],
  needs: { date: boolean; time: boolean },
  mapping: Mapping,
): MappingFault[] {
  return asList(format).flatMap((one): MappingFault[] => {
    if (isNamedMoment(one)) {
      const fits = needs.date || one === "day_fraction";
      return fits ? [] : [{ path, text: `"${one}" is no format of a time - expected tokens like H:mm:ss, or day_fraction` }];
    }
    try {
      const { hasDate, hasTime } = compileFormat(one, mapping.two_digit_years_from);
      if (needs.date && !hasDate) return [{ path, text: `"${one}" has no date - use {date: ..., time: ...} for two columns` }];
      if (needs.date && needs.time && !hasTime)
        return [{ path, text: `"${one}" has no time - use {date: ..., time: ...} for two columns` }];
      if (!needs.date && hasDate) return [{ path, text: `"${one}" has a date, and a time is expected` }];
      return [];
    } catch (error) {
      if (!(error instanceof FormatFault)) throw error;
      return [{ path, text: `"${one}": ${error.message} (or one of ${namedMoments.join(", ")})` }];
    }
  });
}

export function asList(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

function keyFaults(mapping: Mapping, definition: StreamDefinition): MappingFault[] {
  return definition.key
    .filter(({ column, whenNull }) => whenNull === undefined && mapping.columns[column] === undefined)
    .map(({ column }) => ({ path: ["columns", column], text: `is missing - it is part of the key of ${definition.name}` }));
}

function datingFaults({ dated_by: column, columns }: Mapping, definition: StreamDefinition): MappingFault[] {
  if (column === undefined) return [];
  const known = definition.columns.find(({ name }) => name === column);
  if (known?.type !== "instant" && known?.type !== "date")
    return [{ path: ["dated_by"], text: `"${column}" is not an instant or date of ${definition.name}` }];
  return columns[column] === undefined ? [{ path: ["dated_by"], text: `"${column}" is not mapped` }] : [];
}

const handleParts = ["talk_ms", "hold_ms", "after_call_ms", "other_ms"];

/** Handle time is the sum of its parts, checked for every record: a mapping without it would lose them all. */
function handleFaults({ columns }: Mapping, definition: StreamDefinition): MappingFault[] {
  const parts = handleParts.filter((part) => columns[part] !== undefined);
  if (definition.name !== "interaction" || parts.length === 0 || columns.handle_ms !== undefined) return [];
  return [
    { path: ["columns", "handle_ms"], text: `is missing beside its parts - if the file has none, write {sum: [${parts.join(", ")}]}` },
  ];
}

function flagFaults(mapping: Mapping, definition: StreamDefinition): MappingFault[] {
  const names = Object.keys(mapping.flags);
  if (names.length === 0) return [];
  if (!definition.columns.some(({ name }) => name === "flags"))
    return [{ path: ["flags"], text: `${definition.name} has no column for flags` }];
  const faults = Object.entries(mapping.flags).flatMap(([name, condition]) => conditionFaults(condition, ["flags", name]));
  return mapping.columns.flags === undefined
    ? faults
    : [...faults, { path: ["columns", "flags"], text: "stands beside flags: - expected one of the two" }];
}

function rowConditionFaults(mapping: Mapping): MappingFault[] {
  return rowConditions(mapping).flatMap(([name, condition]) => conditionFaults(condition, [name]));
}

function rowConditions(mapping: Mapping): (readonly [string, Condition])[] {
  const { keep_when, drop_when, deleted_when } = mapping;
  return Object.entries({ keep_when, drop_when, deleted_when }).flatMap(([name, condition]) =>
    condition === undefined ? [] : [[name, condition] as const],
  );
}

function zoneFaults(path: readonly string[], zone: string | undefined): MappingFault[] {
  return zone === undefined || isZoneName(zone) ? [] : [{ path, text: `"${zone}" - expected an IANA zone like Europe/Berlin` }];
}

function separatorFaults({ delimiter, quote, decimal, thousands, escape: escapeSign }: Mapping): MappingFault[] {
  const faults: MappingFault[] = [];
  if (/[\r\n]/.test(delimiter)) faults.push({ path: ["delimiter"], text: "cannot be a line end" });
  if (quote !== "" && delimiter.includes(quote)) faults.push({ path: ["quote"], text: "is also the delimiter" });
  if (escapeSign !== undefined && delimiter.includes(escapeSign)) faults.push({ path: ["escape"], text: "is also the delimiter" });
  if (decimal === thousands) faults.push({ path: ["thousands"], text: "is also the decimal sign" });
  return faults;
}

/** A dropped column is never looked at, so nothing may depend on it. */
function droppedFaults(mapping: Mapping): MappingFault[] {
  const dropped = new Set(mapping.drop);
  return fileColumns(mapping)
    .filter(({ column, path }) => dropped.has(column) && path[0] !== "drop")
    .map(({ column, path }) => ({ path, text: `"${column}" is dropped, so nothing can be made of it - pseudonymise it, or do without` }));
}

/** Every column of the file a mapping names, and where it does. */
export function fileColumns(mapping: Mapping): { readonly column: string; readonly path: readonly string[] }[] {
  const at = (path: readonly string[], ...columns: readonly (string | undefined)[]) =>
    columns.flatMap((column) => (column === undefined ? [] : [{ column, path }]));
  const ofField = ([name, field]: readonly [string, Field]) => [
    ...at(["columns", name], field.column, field.date?.column, field.time?.column, ...(field.key ?? [])),
    ...at(["columns", name, "null_when"], ...(field.null_when === undefined ? [] : conditionColumns(field.null_when))),
  ];
  return [
    ...Object.entries(mapping.columns).flatMap(ofField),
    ...Object.entries(mapping.flags).flatMap(([name, condition]) => at(["flags", name], ...conditionColumns(condition))),
    ...rowConditions(mapping).flatMap(([name, condition]) => at([name], ...conditionColumns(condition))),
    ...at(["pseudonymise"], ...mapping.pseudonymise.map(({ column }) => column)),
    ...at(["drop"], ...mapping.drop),
  ];
}

function meant(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === null ? "" : ` - did you mean ${near}?`;
}
