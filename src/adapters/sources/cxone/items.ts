import type * as z from "zod";
import type { CanonicalRecord } from "../../../domain/records/record.ts";
import type { StreamName } from "../../../domain/records/streams.ts";
import { SourceBrokenError, SourceBusyError } from "../../../errors.ts";
import type { SourceItem } from "../../../ports/source.ts";
import { fieldValue, idOf, textOf } from "./json.ts";

/** The list inside an answer. Anything else is no answer, even when the status says 200. */
export function listOf(body: unknown, name: string, place: string): readonly unknown[] {
  const list = fieldValue(body, name) ?? fieldValue(fieldValue(body, "resultSet"), name);
  if (Array.isArray(list)) return list;
  const [status, message] = [fieldValue(body, "status"), textOf(body, "message") ?? textOf(body, "error_description")];
  if (typeof status === "number" && status >= 400 && message !== null) {
    throw new SourceBusyError(`cxone: ${place} answered 200 with an error inside: ${status}: ${message}`, {
      code: "NO_DATA_IN_ANSWER",
      hint: "run the same command again later; it goes on where it stopped",
    });
  }
  const said = JSON.stringify(body)?.slice(0, 200) ?? "nothing";
  throw new SourceBrokenError(`cxone: ${place} answered without ${name}: ${said}`, {
    code: "UNEXPECTED_ANSWER",
    hint: "run the command again; if it stays, check apiVersion of the source cxone",
  });
}

/** The envelope's field, at the top or in the wrapper of older versions. */
export function envelopeOf(body: unknown, name: string): unknown {
  return fieldValue(body, name) ?? fieldValue(fieldValue(body, "resultSet"), name);
}

export function recordItem(place: string, stream: StreamName, record: CanonicalRecord, payload: unknown): SourceItem {
  return { kind: "record", place, stream, record, payload: JSON.stringify(payload) };
}

export function rejectItem(place: string, error: z.ZodError, payload: unknown): SourceItem {
  const [issue] = error.issues;
  const path = issue?.path.map(String) ?? [];
  const field = path.join(".") || null;
  const value = field === null ? undefined : path.reduce<unknown>(fieldValue, payload);
  const reject = { reason: "invalid_field", field, value: value === undefined || value === null ? null : String(value).slice(0, 200) };
  return { kind: "reject", place, reject, payload: JSON.stringify(payload) };
}

/** A source record with what its answer said once for all its rows, so that it can be read again by itself. */
export function withUnit(row: unknown, businessUnitId: string): unknown {
  if (typeof row !== "object" || row === null || Array.isArray(row)) return row;
  return { ...row, businessUnitId: idOf(row, "businessUnitId") ?? businessUnitId };
}

/** The business unit a record carries; without one its agents cannot be told apart from those of other units. */
export function unitOf(document: unknown): string {
  return idOf(document, "businessUnitId") ?? "";
}

/** `... row 3 quality` is a part of `... row 3`. */
export function documentPlace(place: string): string {
  return place.replace(/ (quality|adherence)$/, "");
}

/** A page that leads back to one already read would be read for ever. */
export function repeatGuard(place: string): (next: string) => void {
  const seen = new Set<string>();
  return (next) => {
    if (seen.has(next)) {
      throw new SourceBrokenError(`cxone: ${place} leads back to ${next}, which was read before`, {
        code: "PAGE_REPEATS",
        hint: "run the command again; nothing is lost, the slice starts over",
      });
    }
    seen.add(next);
  };
}
