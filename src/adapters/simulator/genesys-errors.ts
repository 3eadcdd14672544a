import type { Reply } from "./exchange.ts";

/** Error bodies as the platform sends them. */
export function genesysError(status: number, code: string, message: string): Reply {
  return { status, json: { message, code, status, contextId: "sim-0000", details: [], errors: [] } };
}

export function badRequest(field: string, why: string): Reply {
  return genesysError(400, "bad.request", `${field}: ${why}`);
}

export function notFound(what: string): Reply {
  return genesysError(404, "not.found", `the ${what} does not exist`);
}

export const conflict = (message: string): Reply => genesysError(409, "conflict", message);
