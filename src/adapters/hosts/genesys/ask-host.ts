import type { HttpAnswer, HttpRequest, PoliteClient } from "../../http/client.ts";

export interface HostQuestion {
  readonly method: HttpRequest["method"];
  readonly path: string;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly alsoFine?: readonly number[];
}

/** One request to a platform, by its path. */
export type AskHost = (question: HostQuestion) => Promise<HttpAnswer>;

export function askHost(client: PoliteClient, api: URL): AskHost {
  return ({ path, ...request }) => client.send({ ...request, url: new URL(path, api) });
}
