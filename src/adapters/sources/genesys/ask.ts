import * as z from "zod";
import { SourceBrokenError, SourceBusyError } from "../../../errors.ts";
import type { HttpAnswer, HttpRequest, PoliteClient } from "../../http/client.ts";

/** What every read needs to talk to the platform. */
export interface Connection {
  readonly client: PoliteClient;
  /** A client without a token, for the signed address of a download: the token must not travel there. */
  readonly download: (url: URL) => Promise<unknown>;
  readonly api: URL;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** First pause between two looks at a job. */
  readonly pollMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How long the platform takes to show a record, milliseconds. */
  readonly lagMs: number;
}

export interface Question {
  readonly method: HttpRequest["method"];
  readonly path: string;
  /** A list is sent as one parameter for each of its texts. */
  readonly query?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly alsoFine?: readonly number[];
}

const attempts = 4;
/** What passes: a page of a proxy or of a maintenance, an answer that was cut. */
const passing = ["HTML_INSTEAD_OF_JSON", "NOT_JSON", "WRONG_CHARSET"];
const errorBody = z.object({ message: z.string(), status: z.number().min(400) });

/**
 * Asks until there is an answer with a body that is no error in disguise. A 200 with an error inside, a 204 where a page
 * is due and a web page are tried again a few times.
 * @throws SourceBusyError, SourceBrokenError, AuthError.
 */
export async function ask({ client, api, sleep, pollMs }: Connection, question: Question): Promise<HttpAnswer> {
  const url = new URL(question.path, api);
  for (const [name, value] of Object.entries(question.query ?? {})) {
    for (const one of typeof value === "object" ? value : [String(value)]) url.searchParams.append(name, one);
  }
  const { method, json, headers, alsoFine } = question;
  const request: HttpRequest = {
    method,
    url,
    ...(json === undefined ? {} : { json }),
    ...(headers === undefined ? {} : { headers }),
    ...(alsoFine === undefined ? {} : { alsoFine }),
  };
  for (let attempt = 1; ; attempt += 1) {
    const answer = await client.send(request).catch((error: unknown) => {
      if (error instanceof SourceBrokenError && passing.includes(error.code) && attempt < attempts) return null;
      throw error;
    });
    const trouble = answer === null ? "no answer" : troubleOf(answer);
    if (answer !== null && trouble === null) return answer;
    if (attempt >= attempts) throw emptyAnswer(`${method} ${url.pathname}`, trouble ?? "no answer");
    await sleep(pollMs * attempt);
  }
}

function troubleOf({ status, body }: HttpAnswer): string | null {
  if (body === null) return status === 204 ? "no content" : "an empty body";
  const disguised = status < 300 ? errorBody.safeParse(body) : null;
  return disguised?.success === true ? `${disguised.data.status}: ${disguised.data.message}` : null;
}

function emptyAnswer(place: string, trouble: string): SourceBusyError {
  return new SourceBusyError(`genesys: ${place} answered ${attempts} times with ${trouble} where data was due`, {
    code: "NO_DATA_IN_ANSWER",
    hint: "run the same command again later; it goes on where it stopped",
  });
}

/** The body of an answer in the shape it must have. @throws SourceBrokenError naming the first field that is wrong. */
export async function askFor<T extends z.ZodType>(connection: Connection, question: Question, shape: T): Promise<z.output<T>> {
  const { body } = await ask(connection, question);
  return shaped(body, shape, `${question.method} ${question.path}`);
}

export function shaped<T extends z.ZodType>(body: unknown, shape: T, place: string): z.output<T> {
  const parsed = shape.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SourceBrokenError(`genesys: ${place} answered in another shape: ${issue?.path.join(".") || "the body"}: ${issue?.message}`, {
    code: "ANSWER_UNUSABLE",
    hint: "check the contract and base URL of sources.genesys; if both are right, the platform has changed",
  });
}
