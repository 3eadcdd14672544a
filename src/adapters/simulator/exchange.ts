/** What a route is asked, and what it answers; nothing here knows about sockets. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type PlatformName = "genesys" | "cxone";

export interface Asked {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON or form fields; null when there is none. */
  readonly body: unknown;
  /** The body byte by byte: what a signature covers. */
  readonly bodyText: string;
  header(name: string): string | null;
  /** The number of times this very request came before. */
  readonly attempt: number;
  /** `http://127.0.0.1:4010`. */
  readonly origin: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
}

export interface Route {
  readonly method: Method;
  /** `/api/v2/users/:id`: a colon part takes any one segment. */
  readonly path: string;
  /** Whose token is needed; null for the token endpoints and for what a signed URL protects. */
  readonly platform: PlatformName | null;
  /** Named in the 403 of the fault `forbidden`. */
  readonly permission?: string;
  /** True where equal requests get equal bytes as long as clock and faults stay. */
  readonly isCacheable?: boolean;
  answer(asked: Asked): Reply;
}

export function json(body: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): Reply {
  return { status, json: body, headers };
}

/** The value at a path of names inside parsed JSON; undefined where there is none. */
export function fieldOf(value: unknown, ...names: readonly string[]): unknown {
  let at: unknown = value;
  for (const name of names) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = Object.entries(at).find(([key]) => key === name)?.[1];
  }
  return at;
}

export function textField(value: unknown, ...names: readonly string[]): string | null {
  const found = fieldOf(value, ...names);
  return typeof found === "string" ? found : null;
}

export function numberField(value: unknown, fallback: number, ...names: readonly string[]): number {
  const found = fieldOf(value, ...names);
  return typeof found === "number" && Number.isFinite(found) ? found : fallback;
}

export function listField(value: unknown, ...names: readonly string[]): readonly unknown[] {
  const found = fieldOf(value, ...names);
  return Array.isArray(found) ? found : [];
}

/** A whole number of the query, within limits. */
export function wholeParameter(query: URLSearchParams, name: string, fallback: number, most: number): number {
  const value = Number(query.get(name) ?? fallback);
  return Number.isInteger(value) && value >= 0 ? Math.min(value, most) : fallback;
}

/** Epoch milliseconds of an ISO instant or date; null for anything else. */
export function instantOfText(text: string | null): number | null {
  if (text === null || !/^\d{4}-\d{2}-\d{2}(T|$)/.test(text)) return null;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}

export function isoText(instant: number): string {
  return new Date(instant).toISOString();
}
