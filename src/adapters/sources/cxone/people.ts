import { createHmac } from "node:crypto";

/** A text that stands for a personal one: equal for equal people, and nobody can turn it back. */
export type Pseudonym = (text: string) => string;

/** Marks a text that is a pseudonym already, so that scrubbing twice changes nothing. */
const prefix = "hmac:";

/** The pseudonym as canonical records carry it. */
export function barePseudonym(text: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

/** One number has one pseudonym, however it is written; addresses know no case. The same key gives the same on every platform. */
export function pseudonymWith(key: Buffer): Pseudonym {
  return (text) => {
    if (text.startsWith(prefix)) return text;
    const plain = text.trim().toLowerCase();
    const number = /^[^@]*$/.test(plain) ? /\+?\d{5,15}/.exec(plain.replace(/[\s().-]/g, ""))?.[0] : undefined;
    return `${prefix}${createHmac("sha256", key)
      .update(number ?? plain)
      .digest("hex")
      .slice(0, 32)}`;
  };
}

const identifying = /^(fromAddress|toAddress|fromAddr|toAddr|emailAddress|userName|Phone_Number)$/;
const describing =
  /^(firstName|lastName|middleName|preferredName|fullName|phoneNumber|dispositionNotes|refuseReason|(First|Last)Name.*|\w*Comments)$/;

/** A copy of a source record without people: addresses become pseudonyms or go, names and what was typed by hand go. */
export function withoutPeople(record: unknown, pseudonym: Pseudonym | null): unknown {
  if (typeof record !== "object" || record === null || Array.isArray(record)) return record;
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]) => {
      if (describing.test(name)) return [];
      if (!identifying.test(name)) return [[name, value]];
      return pseudonym === null || typeof value !== "string" || value === "" ? [] : [[name, pseudonym(value)]];
    }),
  );
}
