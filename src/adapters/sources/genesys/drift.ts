import * as z from "zod";
import type { FieldDrift } from "../../../ports/platform.ts";

/** Counts what a platform sends and what it stopped sending, field by field, instead of taking the absent for zero. */
export interface Drift {
  /** Compares one record with the shape gami knows. */
  see(shape: z.ZodType, record: unknown): void;
  report(): FieldDrift[];
}

/** The objects of one place in the records. */
interface Owners {
  count: number;
}

interface FieldCount {
  /** Those that could have had it. */
  readonly owners: Owners;
  empty: number;
  unknown: number;
}

/** Compares values of one place in the record. */
type Visit = (value: unknown) => void;

const maxFields = 2_000;
const ignore: Visit = () => undefined;

/** Only fields that are new, or empty in some records, are told of. `read` names the read in the report. */
export function countDrift(read: string): Drift {
  const fields = new Map<string, FieldCount>();
  const owners = new Map<string, Owners>();
  const visits = new Map<z.ZodType, Visit>();

  function ownersOf(prefix: string): Owners {
    const known = owners.get(prefix) ?? { count: 0 };
    owners.set(prefix, known);
    return known;
  }

  function fieldOf(path: string, owned: Owners): FieldCount | null {
    const known = fields.get(path);
    if (known !== undefined) return known;
    if (fields.size >= maxFields) return null;
    const fresh = { owners: owned, empty: 0, unknown: 0 };
    fields.set(path, fresh);
    return fresh;
  }

  /** What a shape asks of its values is worked out once: records come by the million. */
  function prepare(shape: z.ZodType, prefix: string): Visit {
    const inner = unwrap(shape);
    if (inner instanceof z.ZodArray) {
      const visit = inner.element instanceof z.ZodType ? prepare(inner.element, `${prefix}[]`) : ignore;
      return (value) => {
        if (Array.isArray(value)) for (const one of value) visit(one);
      };
    }
    return inner instanceof z.ZodObject ? prepareObject(inner.shape, prefix === "" ? "" : `${prefix}.`) : ignore;
  }

  function prepareObject(shape: Readonly<Record<string, unknown>>, prefix: string): Visit {
    const owned = ownersOf(prefix);
    const known = Object.entries(shape).map(([name, part]) => ({
      name,
      field: fieldOf(`${prefix}${name}`, owned),
      visit: part instanceof z.ZodType ? prepare(part, `${prefix}${name}`) : ignore,
    }));
    const countOthers = (value: Readonly<Record<string, unknown>>) => {
      for (const name of Object.keys(value)) {
        if (Object.hasOwn(shape, name)) continue;
        const field = fieldOf(`${prefix}${name}`, owned);
        if (field !== null) field.unknown += 1;
      }
    };
    return (value) => {
      if (!isObject(value)) return;
      owned.count += 1;
      let given = 0;
      for (const { name, field, visit } of known) {
        const one = value[name];
        if (one !== undefined) given += 1;
        if (one !== undefined && one !== null) visit(one);
        else if (field !== null) field.empty += 1;
      }
      if (Object.keys(value).length !== given) countOthers(value);
    };
  }

  return {
    see(shape, record) {
      const visit = visits.get(shape) ?? prepare(shape, "");
      visits.set(shape, visit);
      visit(record);
    },
    report: () =>
      [...fields]
        .filter(([, { empty, unknown }]) => empty > 0 || unknown > 0)
        .map(([field, { owners: owned, empty, unknown }]) => ({
          read,
          field,
          kind: unknown > 0 ? "unknown" : "empty",
          records: unknown || empty,
          of: owned.count,
        })),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unwrap(shape: z.ZodType): z.ZodType {
  let inner = shape;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable) {
    const next = inner.unwrap();
    if (!(next instanceof z.ZodType)) return inner;
    inner = next;
  }
  return inner;
}
