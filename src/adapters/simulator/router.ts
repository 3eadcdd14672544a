import type { Method, Route } from "./exchange.ts";

export interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request; a path with fewer placeholders wins. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => Found | null {
  const byShape = new Map<string, { readonly route: Route; readonly parts: readonly string[] }[]>();
  const shape = (method: Method | string, count: number) => `${method} ${count}`;
  for (const route of routes.toSorted((one, other) => placeholders(one) - placeholders(other))) {
    const parts = route.path.split("/");
    const key = shape(route.method, parts.length);
    byShape.set(key, [...(byShape.get(key) ?? []), { route, parts }]);
  }
  return (method, path) => {
    const parts = path.split("/");
    for (const candidate of byShape.get(shape(method, parts.length)) ?? []) {
      const params = match(candidate.parts, parts);
      if (params !== null) return { route: candidate.route, params };
    }
    return null;
  };
}

function placeholders({ path }: Route): number {
  return path.split(":").length - 1;
}

function match(pattern: readonly string[], parts: readonly string[]): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [place, wanted] of pattern.entries()) {
    const part = parts[place] ?? "";
    if (wanted.startsWith(":")) params[wanted.slice(1)] = decodeURIComponent(part);
    else if (wanted !== part) return null;
  }
  return params;
}
