import type * as z from "zod";
import type { SourceItem } from "../../../ports/source.ts";
import type { Drift } from "./drift.ts";
import type { MappedRecord } from "./map-conversation.ts";
import { type PersonalData, type Pseudonym, scrub } from "./scrub.ts";

/** How records of one kind are turned into canonical ones. */
export interface Mapping<T extends z.ZodType> {
  readonly shape: T;
  /** A quicker look at records by the million: the record where it is plainly of the shape, else null, and the shape decides. */
  readonly plain?: (record: unknown) => z.output<T> | null;
  map(record: z.output<T>): readonly MappedRecord[];
  /** Parents whose `name` is nobody's. */
  readonly keeps?: ReadonlySet<string>;
}

export interface Boundary {
  readonly pseudonym: Pseudonym | null;
  readonly personalData: PersonalData;
  readonly drift: Drift;
}

/**
 * Source records as items: scrubbed, checked, mapped. What does not fit its shape is refused by the first field at fault,
 * and the rest of the page goes on. `place` names the page.
 */
export function itemsOf<T extends z.ZodType>(
  records: readonly unknown[],
  place: string,
  boundary: Boundary,
  mapping: Mapping<T>,
): SourceItem[] {
  const items: SourceItem[] = [];
  for (const [index, record] of records.entries()) pushItems(items, record, `${place}[${index}]`, boundary, mapping);
  return items;
}

function pushItems<T extends z.ZodType>(
  items: SourceItem[],
  record: unknown,
  place: string,
  { pseudonym, drift }: Boundary,
  { shape, plain, map, keeps }: Mapping<T>,
): void {
  const clean = scrub(record, pseudonym, keeps);
  const payload = JSON.stringify(clean);
  drift.see(shape, clean);
  const quick = plain?.(clean) ?? null;
  const parsed = quick === null ? shape.safeParse(clean) : { success: true as const, data: quick };
  if (!parsed.success) {
    items.push(refused(place, payload, clean, parsed.error));
    return;
  }
  const mapped = map(parsed.data);
  if (mapped.length === 0) items.push({ kind: "filtered", place, payload });
  for (const [part, { stream, record: canonical }] of mapped.entries())
    items.push({ kind: "record", place: mapped.length === 1 ? place : `${place}.${part}`, stream, record: canonical, payload });
}

/** Reads one record that was kept, as it was scrubbed. */
export type ReadDocument = (record: unknown, place: string, boundary: Boundary) => SourceItem[];

export function readDocument<T extends z.ZodType>(mapping: Mapping<T>): ReadDocument {
  return (record, place, boundary) => {
    const items: SourceItem[] = [];
    pushItems(items, record, place, boundary, mapping);
    return items;
  };
}

/** `2026-01-05T00:00/3[17].2` is a part of `2026-01-05T00:00/3[17]`. */
export function documentPlace(place: string): string {
  return place.replace(/\]\.\d+$/, "]");
}

const maxEvidence = 200;

function refused(place: string, payload: string, record: unknown, { issues }: z.ZodError): SourceItem {
  const [issue] = issues;
  const path = issue?.path ?? [];
  const value = valueAt(record, path);
  return {
    kind: "reject",
    place,
    payload,
    reject: {
      reason: value === undefined ? "missing_field" : "unreadable_field",
      field: path.map(String).join(".") || null,
      value: value === undefined ? null : JSON.stringify(value).slice(0, maxEvidence),
    },
  };
}

function valueAt(record: unknown, path: readonly PropertyKey[]): unknown {
  let at: unknown = record;
  for (const name of path)
    at = typeof at === "object" && at !== null ? Object.entries(at).find(([key]) => key === String(name))?.[1] : undefined;
  return at;
}
