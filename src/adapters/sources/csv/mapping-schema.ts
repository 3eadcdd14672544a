import * as z from "zod";
import { roundings } from "./decimal.ts";
import { durationUnits } from "./duration.ts";

/**
 * The untrusted shape of a mapping file: what the JSON Schema for editors is generated from. Strict objects only,
 * so that a misspelt key is a fault and never a silent default. Rules between keys stand in mapping-rules.ts.
 */

/** What a number counts in the file, where the canonical column's name fixes what it counts afterwards. */
export const numberUnits = ["ones", "milli", "share", "percent", "ppm", "major", "minor"] as const;
export type NumberUnit = (typeof numberUnits)[number];

const columnName = z.string().max(1000).describe("A column of the file, as its header names it (without a header: 1, 2, 3, ...).");
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const operand = z.union([z.string(), z.number(), z.strictObject({ column: columnName })], "a value, or {column: name}");
/** An enumeration whose fault reads as a sentence. */
function oneOf<const T extends readonly [string, ...string[]]>(words: T) {
  return z.enum(words, `one of ${words.join(", ")}`);
}
const oneCharacter = z.string().length(1, "one character");

/** A closed grammar: exactly one of all, any, not, or a column with exactly one comparison. */
const conditionFields = z.strictObject({
  get all() {
    return z.array(conditionFields).min(1).optional();
  },
  get any() {
    return z.array(conditionFields).min(1).optional();
  },
  get not() {
    return conditionFields.optional();
  },
  column: columnName.optional(),
  as: oneOf(["text", "number", ...durationUnits])
    .optional()
    .describe("How greater, less, at_least and at_most read the column: a number unless said otherwise."),
  equals: scalar.optional(),
  in: z.array(scalar).min(1).optional(),
  not_in: z.array(scalar).min(1).optional(),
  matches: z.string().min(1).max(200).optional().describe("A regular expression (RE2) that must fit the whole value."),
  is_empty: z.boolean().optional().describe("True where the value is empty or a null marker."),
  greater: operand.optional(),
  less: operand.optional(),
  at_least: operand.optional(),
  at_most: operand.optional(),
});
export type Condition = z.output<typeof conditionFields>;

const moment = z.strictObject({
  column: columnName,
  format: z.union([z.string().min(1).max(100), z.array(z.string().min(1).max(100)).min(1)], "a format, or a list of formats").optional(),
});

export const fieldObject = z.strictObject({
  column: columnName.optional(),
  key: z.array(columnName).min(1).optional().describe("Columns that identify a record only together."),
  constant: scalar.optional(),
  sum: z.array(z.string()).min(1).optional().describe("Canonical columns of this record to add up; unknown ones count as 0."),
  date: moment.optional().describe("The column with the local date of an instant; its time comes from `time`."),
  time: moment.optional(),
  whole_row: z
    .literal(true)
    .optional()
    .describe("An id made of all values of the row and its number among equal rows, for files without one."),
  format: moment.shape.format.describe(
    "luxon tokens like yyyy-MM-dd HH:mm:ss, iso-8601, epoch_seconds, epoch_milliseconds, excel_serial or excel_serial_1904.",
  ),
  unit: oneOf([...durationUnits, ...numberUnits])
    .optional()
    .describe("What the numbers of the file count."),
  decimals: z.int().min(0).max(4).optional().describe("Decimal places of the currency for unit: major. Default 2."),
  decimal: oneOf([".", ","]).optional(),
  thousands: oneOf([".", ",", " ", "'"]).optional(),
  round: oneOf(roundings).optional().describe("What happens to digits the canonical unit cannot hold. Default: the row is rejected."),
  nulls: z.array(scalar).optional().describe("Texts that mean unknown in this column, beside the mapping's."),
  null_when: conditionFields.optional(),
  map: z.record(z.string(), scalar.nullable()).optional().describe("Value of the file: canonical value."),
  else: scalar.nullable().optional().describe("For values `map` does not list. Default: the row is rejected."),
  case: oneOf(["lower", "upper"]).optional().describe("Changes the letters' case before anything else looks at the value."),
  zone: z.string().optional().describe("The IANA zone of this column's local times, where it is not the mapping's."),
  after: z
    .string()
    .optional()
    .describe("A canonical instant of this record that cannot lie later: an earlier time belongs to the next day."),
  tolerance_seconds: z
    .int()
    .min(0)
    .max(43_200)
    .optional()
    .describe("With `after`: how much earlier a time may be without belonging to the next day."),
});
export type Field = z.output<typeof fieldObject>;

const pseudonymised = z.strictObject({
  column: columnName,
  keep: z.array(scalar).default([]).describe("Values that name nobody and stay readable, beside the null markers."),
});

const columnShorthand = columnName;

/** `shorthand` admits a bare column name where an object may stand, which editors are told and the parser has expanded already. */
function mappingWith<F extends z.ZodType, P extends z.ZodType>(field: F, pseudonym: P) {
  return z.strictObject({
    source: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,39}$/, "a short name of a-z, 0-9, _ and -, like technion")
      .describe("Names the source: technion gives csv:technion. Part of every key, so it must stay the same."),
    stream: z.string().describe("Which kind of record a row is: interaction, agent, shift, ..."),
    delimiter: z.string().min(1).max(4).default("auto").describe("One or a few characters, or auto."),
    encoding: z
      .string()
      .max(40)
      .default("utf-8")
      .describe("utf-8, utf-16le, windows-1252, ... A byte order mark at the beginning of the file wins."),
    line_ends: oneOf(["auto", "lf", "crlf", "cr"]).default("auto"),
    quote: z.union([oneCharacter, z.literal("")], "one character, or empty for none").default('"'),
    escape: oneCharacter.optional().describe('What stands before a quote inside quotes. Default: the quote itself, as in "".'),
    header: z.union([z.boolean(), z.array(z.string()).min(1)], "true, false, or a list of names").default(true),
    skip_lines: z.int().min(0).max(10_000).default(0).describe("Lines before the header (or before the first row) that hold no data."),
    zone: z.string().optional().describe("The IANA zone of the file's local times, like Europe/Berlin."),
    ambiguous_times: oneOf(["earlier", "later"]).default("earlier").describe("A local time that happens twice in autumn."),
    missing_times: oneOf(["shift_forward", "reject"]).default("shift_forward").describe("A local time that never happens in spring."),
    two_digit_years_from: z.int().min(0).max(100).default(70).describe("Two-digit years from this on are 19xx, those below 20xx."),
    decimal: oneOf([".", ","]).default("."),
    thousands: oneOf([".", ",", " ", "'"]).optional(),
    nulls: z.array(scalar).default([""]).describe("Texts that mean unknown in any column."),
    dated_by: z.string().optional().describe("The canonical column that dates a row, where the stream's own rule does not fit."),
    pseudonymise: z
      .array(pseudonym)
      .default([])
      .describe("Columns with personal ids: replaced before anything is stored, by the project's key."),
    drop: z.array(columnName).default([]).describe("Columns that are never read and never stored."),
    keep_when: conditionFields.optional().describe("Rows to read; the others count as filtered."),
    drop_when: conditionFields.optional().describe("Rows not to read; they count as filtered."),
    deleted_when: conditionFields.optional().describe("Rows that say that their record no longer exists."),
    columns: z.record(z.string(), field).describe("Canonical column: where its value comes from."),
    flags: z
      .record(z.string().regex(/^[a-z][a-z0-9_]{0,59}$/, "a name of a-z, 0-9 and _"), conditionFields)
      .default({})
      .describe("Names for oddities a row is kept with."),
  });
}

export const mappingSchema = mappingWith(fieldObject, pseudonymised);
export type Mapping = z.output<typeof mappingSchema>;

/** The same with its shorthands, for editors. */
export const writtenMappingSchema = mappingWith(
  z.union([
    columnShorthand,
    fieldObject.extend({ date: z.union([columnName, moment]).optional(), time: z.union([columnName, moment]).optional() }),
  ]),
  z.union([columnShorthand, pseudonymised]),
);
