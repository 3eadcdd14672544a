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
 * A source record without personal data: numbers and addresses become pseudonyms or go, names go.
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
  if (Array.isArray(value)) return scrubList(value, rules, parent);
  return isObject(value) ? scrubObject(value, rules, parent) : value;
}

/** What holds nothing personal is handed on as it is: most records need no copy. */
function scrubList(list: readonly unknown[], rules: Rules, parent: string | null): readonly unknown[] {
  let isChanged = false;
  const scrubbed = list.map((one) => {
    const clean = scrubInside(one, rules, parent);
    if (clean !== one) isChanged = true;
    return clean;
  });
  return isChanged ? scrubbed : list;
}

function scrubObject(value: Readonly<Record<string, unknown>>, rules: Rules, parent: string | null): Readonly<Record<string, unknown>> {
  const names = Object.keys(value);
  if (isPlainRecord(names, value)) return value;
  const isNamedFreely = parent !== null && rules.keeps.has(parent);
  let changed: [string, unknown][] | null = null;
  for (const [index, name] of names.entries()) {
    const inner = value[name];
    const kind = kindOf(name);
    const isKept = kind === "plain" || (kind === "describing" && isNamedFreely);
    const clean = isKept ? scrubInside(inner, rules, name) : undefined;
    if (isKept && clean === inner) {
      changed?.push([name, inner]);
      continue;
    }
    changed ??= names.slice(0, index).map((before) => [before, value[before]]);
    if (isKept) changed.push([name, clean]);
    else if (kind === "identifying") changed.push(...scrubbedField(name, inner, rules));
  }
  return changed === null ? value : Object.fromEntries(changed);
}

/** Flat and without a field that could name anybody, as most records that come by the million are. */
function isPlainRecord(names: readonly string[], value: Readonly<Record<string, unknown>>): boolean {
  for (let index = 0; index < names.length; index++) {
    const name = names[index] ?? "";
    if (typeof value[name] === "object" && value[name] !== null) return false;
    if (kindOf(name) !== "plain") return false;
  }
  return true;
}

type FieldKind = "plain" | "identifying" | "describing";
const kinds = new Map<string, FieldKind>();
const maxKinds = 10_000;

/** The same names come with every record. */
function kindOf(name: string): FieldKind {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  if (kinds.size >= maxKinds) kinds.clear();
  const kind = describing.test(name) ? "describing" : identifying.test(name) ? "identifying" : "plain";
  kinds.set(name, kind);
  return kind;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
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
