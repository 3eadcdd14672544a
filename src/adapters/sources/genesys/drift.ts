import * as z from "zod";
import type { FieldDrift } from "../../../ports/platform.ts";

/** Counts what a platform sends and what it stopped sending, field by field, instead of taking the absent for zero. */
export interface Drift {
  /** Compares one record with the shape gami knows. */
  see(shape: z.ZodType, record: unknown): void;
  report(): FieldDrift[];
}

interface FieldCount {
  /** Path of the objects it belongs to. */
  readonly parent: string;
  empty: number;
  unknown: number;
}

const maxFields = 2_000;

/** Only fields that are new, or empty in some records, are told of. `read` names the read in the report. */
export function countDrift(read: string): Drift {
  const fields = new Map<string, FieldCount>();
  const objects = new Map<string, number>();
  const fieldOf = (parent: string, name: string): FieldCount | null => {
    const path = `${parent}${name}`;
    const known = fields.get(path);
    if (known !== undefined) return known;
    if (fields.size >= maxFields) return null;
    const fresh = { parent, empty: 0, unknown: 0 };
    fields.set(path, fresh);
    return fresh;
  };
  const visit = (shape: z.ZodType, value: unknown, prefix: string): void => {
    const inner = unwrap(shape);
    if (inner instanceof z.ZodArray && Array.isArray(value)) {
      const { element } = inner;
      if (element instanceof z.ZodType) for (const one of value) visit(element, one, `${prefix}[]`);
      return;
    }
    if (!(inner instanceof z.ZodObject) || typeof value !== "object" || value === null) return;
    visitObject(inner.shape, { ...value }, prefix === "" ? "" : `${prefix}.`);
  };
  const visitObject = (shape: Readonly<Record<string, unknown>>, value: Readonly<Record<string, unknown>>, prefix: string): void => {
    objects.set(prefix, (objects.get(prefix) ?? 0) + 1);
    for (const [name, part] of Object.entries(shape)) {
      const field = fieldOf(prefix, name);
      const given = value[name] ?? null;
      if (given === null && field !== null) field.empty += 1;
      if (given !== null && part instanceof z.ZodType) visit(part, given, `${prefix}${name}`);
    }
    for (const name of Object.keys(value)) {
      if (Object.hasOwn(shape, name)) continue;
      const field = fieldOf(prefix, name);
      if (field === null) continue;
      field.unknown += 1;
    }
  };
  return {
    see: (shape, record) => visit(shape, record, ""),
    report: () =>
      [...fields]
        .filter(([, { empty, unknown }]) => empty > 0 || unknown > 0)
        .map(([field, { parent, empty, unknown }]) => ({
          read,
          field,
          kind: unknown > 0 ? "unknown" : "empty",
          records: unknown || empty,
          of: objects.get(parent) ?? 0,
        })),
  };
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
