/** The value of a field of a JSON object; undefined where there is none. */
export function fieldValue(body: unknown, name: string): unknown {
  return typeof body === "object" && body !== null ? Object.entries(body).find(([key]) => key === name)?.[1] : undefined;
}

export function textOf(body: unknown, name: string): string | null {
  const value = fieldValue(body, name);
  return typeof value === "string" && value !== "" ? value : null;
}

/** Ids come as numbers or as text, whichever the version. */
export function idOf(body: unknown, name: string): string | null {
  const value = fieldValue(body, name);
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" && value !== "" ? value : null;
}

/** Milliseconds of an ISO instant; null for anything else. A date without a zone is refused: it would mean another hour elsewhere. */
export function instantOf(text: string | null): number | null {
  if (text === null || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return null;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}

/** The platform takes UTC with a literal Z only. */
export function utcText(instant: number): string {
  return new Date(instant).toISOString();
}
