import type { MessagePayload } from "../../domain/deliver/message.ts";
import type { Outcome } from "../../domain/deliver/outcome.ts";
import { AuthError, SourceBrokenError, SourceBusyError } from "../../errors.ts";
import type { OutgoingMessage } from "../../ports/recognition-host.ts";
import type { HttpAnswer } from "../http/client.ts";
import { parsePayload } from "./payload.ts";

/** Refusals that say something about one message; whatever else comes with 4xx is one for good, too. */
export const refusals = [400, 404, 405, 408, 409, 410, 412, 413, 415, 422, 425] as const;

export const delivered = (answer: string): Outcome => ({ kind: "delivered", answer });
export const duplicate = (answer: string): Outcome => ({ kind: "duplicate", answer });
export const superseded = (answer: string): Outcome => ({ kind: "superseded", answer });
export const held = (answer: string): Outcome => ({ kind: "held", answer });
export const refused = (answer: string): Outcome => ({ kind: "refused", answer });
export const retry = (answer: string, retryAfterMs: number | null = null): Outcome => ({ kind: "retry", answer, retryAfterMs });

/** Too late and too early: the receiver asks for another attempt. */
export const isPassing = (status: number): boolean => status === 408 || status === 425;

/** What passes by itself: a web page of a proxy, an answer that was cut short. */
const passing = ["HTML_INSTEAD_OF_JSON", "NOT_JSON", "WRONG_CHARSET", "PAGE_TOO_LARGE"];

/** One message by itself: what could not be understood is refused, what failed is judged. @throws AuthError. */
export async function outcomeOf(message: OutgoingMessage, tell: (payload: MessagePayload) => Promise<Outcome>): Promise<Outcome> {
  const payload = parsePayload(message.payload);
  if (payload === null) return refused(`the payload of message ${message.idempotencyKey} is none this version knows`);
  return outcomeOfTrouble(() => tell(payload));
}

/** @throws AuthError: nobody may send anything. */
export async function outcomeOfTrouble<T>(work: () => Promise<T>): Promise<T | Outcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AuthError) throw error;
    if (error instanceof SourceBusyError) return retry(error.message, error.retryAfterMs);
    if (error instanceof SourceBrokenError) {
      // An unknown name or a certificate is the whole host's trouble, and passes once it is mended.
      const mayPass = passing.includes(error.code) || error.code === "PLATFORM_UNREACHABLE" || error.code === "TLS_FAILED";
      if (mayPass) return retry(error.message);
      // A host that moved takes everything again once its address is mended.
      return error.code === "REDIRECTED" ? held(error.message) : refused(error.message);
    }
    throw error;
  }
}

/** What a host shows could not be read, which must not be taken for showing nothing. */
export function unreadable(host: string, nativeId: string, said: string): SourceBusyError {
  return new SourceBusyError(`${host}: what is shown of ${nativeId} could not be read (${said})`, {
    code: "FLAIR_UNREADABLE",
    hint: "run the same command again later",
  });
}

/** Said by the platform, for people; never a whole body. */
export function saidBy({ status, body }: HttpAnswer): string {
  const words = messageIn(body);
  return words === null ? String(status) : `${status}: ${words}`;
}

/** A 200 whose body says it is none. */
export function isDisguisedError({ status, body }: HttpAnswer): boolean {
  return (
    status < 300 && typeof body === "object" && body !== null && "status" in body && Number(body.status) >= 400 && messageIn(body) !== null
  );
}

function messageIn(body: unknown): string | null {
  if (typeof body !== "object" || body === null) return null;
  const found = ["message", "error_description", "error"].flatMap((name) => Object.entries(body).filter(([key]) => key === name))[0]?.[1];
  return typeof found === "string" && found !== "" ? found.slice(0, 300) : null;
}
