export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; null where it is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

export type Ask = (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

/** Asks the simulator as a plain client with a token of its own. */
export async function askGenesys(url: string): Promise<Ask> {
  const answer = await fetch(`${url}/oauth/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa("sim-client:sim-secret")}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  const { access_token }: { access_token?: string } = JSON.parse(await answer.text());
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `bearer ${access_token}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

export interface ExportedEvents {
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly pages: readonly string[];
}

/** The guides' export of a time range, cursor by cursor. */
export async function exportEvents(ask: Ask, start: string, end: string, pageSize = 100): Promise<ExportedEvents> {
  const body = { timeRange: { type: "absolute", start, end }, dataSources: ["gamification"], responseType: "json", pageSize };
  const events: Readonly<Record<string, unknown>>[] = [];
  const pages: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Answer = await ask("POST", "/analytics/v2/export/data", body, cursor === null ? {} : { "x-pagination-cursor": cursor });
    if (page.status !== 200) throw new Error(`${page.status} ${page.text}`);
    const { data } = page.body;
    if (!Array.isArray(data)) throw new Error(page.text);
    events.push(...data);
    pages.push(page.text);
    cursor = page.headers.get("x-pagination-cursor");
  } while (cursor !== null);
  return { events, pages };
}
