import type { Reply } from "./exchange.ts";

/** The reason may stand in a header only. */
export function cxoneError(status: number, description: string, hasBody = true): Reply {
  return {
    status,
    headers: { icStatusDescription: description },
    ...(hasBody ? { json: { error: "InvalidRequest", error_description: description } } : { text: "" }),
  };
}

export function unauthorizedCxone(): Reply {
  return { status: 401, headers: { icStatusDescription: "InvalidToken" }, json: { message: "Unauthorized" } };
}
