import { createHmac } from "node:crypto";

/** What is done with numbers, addresses and names of people before anything is kept. */
export type PersonalData = "hmac" | "drop";

/** A text that stands for a personal one: equal for equal people, and nobody can turn it back. */
export type Pseudonym = (text: string) => string;

/** Marks a text that is a pseudonym already, so that scrubbing twice changes nothing. */
export const pseudonymPrefix = "hmac:";

export function pseudonymWith(key: Buffer): Pseudonym {
  return (text) => `${pseudonymPrefix}${createHmac("sha256", key).update(text).digest("hex").slice(0, 32)}`;
}

/** Fields by which one customer is told from another: their pseudonym is of use. */
const identifying =
  /^(ani|dnis|addressFrom|addressTo|addressSelf|addressOther|remote|externalContactId|callbackNumbers?|email|username|emailAddress)$/;
/** Fields that name or describe a person, or hold whatever a flow put there. */
const describing =
  /^(name|user\.name|participantName|remoteNameDisplayable|callbackUserName|displayName|officialName|attributes|addresses|primaryContactInfo|images|biography|chat|screenRecording\w*)$/;

/**
 * A copy of a source record without personal data: numbers and addresses become pseudonyms or go, names go.
 * The names of queues, teams and metrics are no people's: their parents are listed in `keeps`.
 */
export function scrub(
  value: unknown,
  pseudonym: Pseudonym | null,
  keeps: ReadonlySet<string> = new Set(["division", "team", "metric", "metrics"]),
): unknown {
  return scrubInside(value, { pseudonym, keeps }, null);
}

interface Rules {
  readonly pseudonym: Pseudonym | null;
  readonly keeps: ReadonlySet<string>;
}

function scrubInside(value: unknown, rules: Rules, parent: string | null): unknown {
  if (Array.isArray(value)) return value.map((one) => scrubInside(one, rules, parent));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      if (describing.test(name) && !(parent !== null && rules.keeps.has(parent))) return [];
      if (identifying.test(name)) return scrubbedField(name, inner, rules);
      return [[name, scrubInside(inner, rules, name)]];
    }),
  );
}

function scrubbedField(name: string, value: unknown, { pseudonym }: Rules): [string, unknown][] {
  if (pseudonym === null) return [];
  if (Array.isArray(value)) return [[name, value.filter((one) => typeof one === "string").map((one) => replaced(one, pseudonym))]];
  return typeof value === "string" && value !== "" ? [[name, replaced(value, pseudonym)]] : [];
}

/** One number has one pseudonym, however it is dressed: `tel:+4930...`, `sip:+4930...@host`. E-mail addresses know no case. */
function replaced(text: string, pseudonym: Pseudonym): string {
  if (text.startsWith(pseudonymPrefix)) return text;
  const isMail = /^[^:\s]+@/.test(text);
  return pseudonym((isMail ? null : /\+?\d{5,15}/.exec(text)?.[0]) ?? text.trim().toLowerCase());
}
