import * as z from "zod/mini";

/** The untrusted shape of `hosts:` in gami.config.yaml. What each kind needs besides is checked by rules.ts. */
const describe = <T extends z.ZodMiniType>(schema: T, text: string): T => schema.check(z.describe(text));
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, `one of ${values.join(", ")}`);
const whole = (minimum: number, maximum: number) => {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  return z.int(expected).check(z.gte(minimum, expected), z.lte(maximum, expected));
};
const word = z.string().check(z.minLength(1, "at least one character"), z.maxLength(256, "at most 256 characters"));

export const messageKinds = ["award", "revocation", "flair", "adjustment", "points"] as const;

export const hostSchema = (url: z.ZodMiniType<string, string>) =>
  z.strictObject({
    kind: describe(oneOf(["genesys", "cxone", "webhook", "csv"]), "genesys and cxone use the address and credentials under sources."),
    tells: describe(
      z.optional(z.array(oneOf(messageKinds)).check(z.minLength(1, "at least one of them"))),
      "What it is told. Default: all it has. genesys guide: award, flair, adjustment; platform: flair, points; cxone: flair; webhook, csv: everything.",
    ),
    publication: describe(
      z.optional(
        z
          .string()
          .check(z.regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, "a window like 06:00-08:00, in the organisation's zone")),
      ),
      "Flair changes in this daily window only, like 06:00-08:00, in the organisation's zone; what is taken away does not wait.",
    ),
    requestsPerMinute: describe(
      z.optional(whole(1, 1_000_000)),
      "Requests a minute. Default: that of the source, 300, or no limit for csv.",
    ),
    inFlight: describe(z.optional(whole(1, 64)), "Messages under way at once. Default: that of the source, or 4."),
    timeoutSeconds: describe(z._default(whole(1, 300), 30), "An answer that takes longer counts as none."),
    badges: describe(
      z.optional(z.record(word, word)),
      "genesys, guide: milestone id to the platform's badge id. A milestone that is not listed uses its own id.",
    ),
    metrics: describe(
      z.optional(z.record(word, word)),
      "genesys, platform: metric to the id of the external metric definition its points are written to.",
    ),
    schemaId: describe(z.optional(word), "genesys, platform: id of the custom attribute schema whose gami_ fields hold the flair."),
    schemaVersion: describe(z.optional(whole(1, 1_000_000)), "Version of that schema. Default: the latest."),
    field: describe(
      z._default(oneOf(["custom1", "custom2", "custom3", "custom4", "custom5"]), "custom1"),
      "cxone: the agent's custom field that holds the flair.",
    ),
    url: describe(z.optional(url), "webhook: where the events are sent."),
    secret: describe(z.optional(word), "webhook: what events are signed with, 24 bytes or more. Take it from the environment."),
    previousSecret: describe(z.optional(word), "webhook: the secret before, signed with as well while receivers change over."),
    path: describe(z.optional(word), "csv: the folder the files are written to, relative to this config."),
  });
