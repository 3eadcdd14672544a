import * as z from "zod";

/**
 * A completed contact in both dialects: field names changed between API versions 23 and 27, and the oldest answers
 * send every value as text. Whatever the dialect, the result has the newer names and real types.
 */
const oldNames: Readonly<Record<string, string>> = {
  contactStart: "contactStartDate",
  fromAddr: "fromAddress",
  toAddr: "toAddress",
  mediaType: "mediaTypeId",
  ACWSeconds: "acwSeconds",
  confSeconds: "conferenceSeconds",
};

const seconds = z.coerce.number().min(0).nullish();
const whole = z.coerce.number().int().nullish();
/** Ids are opaque text to everybody behind this file; the platform sends numbers or text. */
const id = z.union([z.number().int().transform(String), z.string().min(1).max(256)]);
const truth = z
  .union([z.boolean(), z.enum(["True", "False", "true", "false"]).transform((text) => text.toLowerCase() === "true")])
  .nullish();
const instant = z.iso.datetime({ offset: true });
/** An agent id of 0 or nothing: no agent took the contact. */
const agent = z
  .union([id, z.null()])
  .optional()
  .transform((value) => (value === undefined || value === null || value === "0" ? null : value));

/** What gami reads of a contact. */
export const contactFields = z.object({
  contactId: id,
  masterContactId: id.nullish(),
  contactStartDate: instant,
  lastUpdateTime: instant.nullish(),
  agentId: agent,
  skillId: id.nullish(),
  mediaTypeId: whole,
  fromAddress: z.string().nullish(),
  toAddress: z.string().nullish(),
  isOutbound: truth,
  abandoned: truth,
  preQueueSeconds: seconds,
  inQueueSeconds: seconds,
  agentSeconds: seconds,
  holdSeconds: seconds,
  conferenceSeconds: seconds,
  acwSeconds: seconds,
  totalDurationSeconds: seconds,
  primaryDispositionId: id.nullish(),
  transferIndicatorName: z.string().nullish(),
  isTakeover: truth,
  targetAgentId: agent,
});

export type Contact = z.infer<typeof contactFields>;

export const contactSchema = z.preprocess(withNewNames, contactFields);

/** The record under the names of version 27 and later. */
export function withNewNames(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  const present = new Set(entries.map(([name]) => name));
  return Object.fromEntries(
    entries.map(([name, field]) => {
      const renamed = oldNames[name];
      return [renamed === undefined || present.has(renamed) ? name : renamed, field === "" ? null : field];
    }),
  );
}
