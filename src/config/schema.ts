// The small flavour of zod: `gami runs list` reads the config too, and the other one costs 6 ms more.

import * as z from "zod/mini";
import { isZoneName } from "../domain/zone.ts";
import { isDecimal } from "./decimal.ts";
import { hostSchema } from "./hosts.ts";
import { nearest } from "./nearest.ts";
import { bigquerySchema, snowflakeSchema } from "./warehouses.ts";

/**
 * The untrusted shape of gami.config.yaml: what the JSON Schema for editors is generated from.
 * Strict objects only, so that a misspelt key is a fault and never a silent default.
 */
const describe = <T extends z.ZodMiniType>(schema: T, text: string): T => schema.check(z.describe(text));

/** A decimal as text or number, read exactly: it never becomes a float on the way. */
const decimal = (digits: number, isInRange: (value: number) => boolean, expected: string) =>
  z
    .union([z.string(), z.number()], `${expected}, as a plain decimal with at most ${digits} places`)
    .check(
      z.refine(
        (value) => isDecimal(String(value), digits) && isInRange(Number(value)),
        `${expected}, as a plain decimal with at most ${digits} places`,
      ),
    );
const money = decimal(3, (value) => value >= 0, "an amount of money like 45.50");
const share = decimal(6, (value) => value >= 0 && value <= 1, "a share between 0 and 1");
const shareBelowOne = decimal(6, (value) => value >= 0 && value < 1, "a share of at least 0 and below 1");
const ratio = decimal(3, (value) => value >= 1, "a ratio of at least 1");
const file = z.string().check(z.minLength(1, "a path"));
const whole = (minimum: number, maximum: number) => {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  return z.int(expected).check(z.gte(minimum, expected), z.lte(maximum, expected));
};
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, `one of ${values.join(", ")}`);

/** People write the city: `Berlin`, `New York`. */
function expectedZone(written: unknown): string {
  const city = String(written).trim().replaceAll(" ", "_").toLowerCase();
  const zones = Intl.supportedValuesOf("timeZone");
  const meant = zones.find((known) => known.toLowerCase().endsWith(`/${city}`)) ?? nearest(String(written), zones);
  return meant === null ? "an IANA time zone, like Europe/Berlin" : `an IANA time zone: did you mean ${meant}?`;
}

const zone = describe(
  z.string("an IANA time zone, like Europe/Berlin").check(z.refine(isZoneName, { error: ({ input }) => expectedZone(input) })),
  "The organisation's IANA time zone, like Europe/Berlin: used for agents and sources that have none of their own. Never an offset.",
);

const currency = describe(
  z.string().check(z.refine((code) => Intl.supportedValuesOf("currency").includes(code), "an ISO 4217 currency code, like USD")),
  "ISO 4217 currency code of every amount in this file.",
);

const organisation = z.strictObject({
  name: describe(z.string().check(z.minLength(1, "a name"), z.maxLength(200, "at most 200 characters")), "Shown in reports."),
  zone,
  dayStart: describe(
    z._default(z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day as HH:MM, 00:00 to 23:59")), "00:00"),
    "When a business day starts for work outside any shift.",
  ),
});

/** In the clear only on this machine: where the simulator answers. */
const url = z
  .string()
  .check(
    z.refine(
      (text) => URL.canParse(text) && (new URL(text).protocol === "https:" || /^http:\/\/(127\.0\.0\.1|localhost)(:|\/|$)/.test(text)),
      "an https:// address, or one on http://127.0.0.1",
    ),
  );

const warehouse = z.strictObject({
  kind: describe(z._default(oneOf(["duckdb", "snowflake", "bigquery"]), "duckdb"), "The warehouse in use (docs/warehouses.md)."),
  path: describe(z._default(file, "gami.duckdb"), "The DuckDB file, relative to this config."),
  memoryLimit: describe(
    z.optional(z.string().check(z.regex(/^\d+(\.\d+)?\s?(KB|MB|GB|TB|KiB|MiB|GiB|TiB)$/i, "a size like 2GB"))),
    "Memory DuckDB may use. Default: 256MB for loads, 1GB for reports and the rest, 4GB for dbt.",
  ),
  threads: describe(z.optional(whole(1, 1024)), "Threads DuckDB may use. Default: all cores, at most four; two for dbt."),
  lockWaitSeconds: describe(z._default(whole(0, 86_400), 30), "How long to wait while another process holds the DuckDB file."),
  snowflake: describe(z.optional(snowflakeSchema(url)), "A Snowflake database: for kind snowflake, or to move to."),
  bigquery: describe(z.optional(bigquerySchema(url)), "A BigQuery project: for kind bigquery, or to move to."),
});

const postgres = z.strictObject({
  url: describe(
    z
      .string()
      .check(
        z.refine(
          (text) => URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol) && new URL(text).pathname.length > 1,
          "an address like postgres://user@host:5432/database",
        ),
      ),
    "The database, as postgres://user:password@host:5432/database. Take it from the environment.",
  ),
  schema: describe(
    z._default(z.string().check(z.regex(/^[a-z][a-z0-9_]{0,39}$/, "small letters, digits and underscores, at most 40")), "gami"),
    "The schema of gami's tables; made when it is missing.",
  ),
});

const state = z.strictObject({
  kind: describe(z._default(oneOf(["sqlite", "postgres"]), "sqlite"), "sqlite: one file, for one host. postgres: for several hosts."),
  path: describe(z._default(file, "gami.sqlite"), "The SQLite file, relative to this config."),
  postgres: describe(z.optional(postgres), "For kind postgres: where it is."),
});

const dbt = z.strictObject({
  runner: describe(
    z._default(oneOf(["auto", "venv", "docker", "path"]), "auto"),
    "venv: an environment gami manages. docker: a container. path: the dbt on PATH. auto: gami chooses.",
  ),
  projectDir: describe(z.optional(file), "A dbt project to use instead of the one gami brings."),
  target: describe(z.optional(z.string().check(z.minLength(1, "a target's name"))), "The dbt target, when not gami's own."),
  python: describe(z.optional(z.string().check(z.minLength(1, "a path"))), "The Python (3.11 or newer) that makes the environment."),
  engine: describe(z.optional(oneOf(["docker", "podman"])), "For runner docker: the container engine. Default: the first that answers."),
  image: describe(
    z.optional(z.string().check(z.regex(/^[a-z0-9][a-z0-9._/:@-]*$/i, "an image's name"))),
    "For runner docker: the image. Default: gami-dbt: with the warehouse's kind.",
  ),
});

const platformLimits = {
  requestsPerMinute: describe(z._default(whole(1, 1_000_000), 300), "Requests a minute. The vendor's own limit is 300."),
  inFlight: describe(z._default(whole(1, 64), 4), "Requests under way at once."),
  lagMinutes: describe(
    z._default(whole(0, 1_440), 15),
    "How long the platform takes to show what happened: so much of the latest time is left for the next run.",
  ),
  personalData: describe(
    z._default(oneOf(["hmac", "drop"]), "hmac"),
    "What becomes of phone numbers, e-mail addresses and customer ids before anything is kept: a pseudonym, or nothing. Names are never kept.",
  ),
};

const genesys = z.strictObject({
  contract: describe(
    z._default(oneOf(["platform", "guide"]), "platform"),
    "platform: the vendor's API. guide: the API as the guides describe it.",
  ),
  region: describe(z.optional(z.string()), "The organisation's region, like eu_central_1."),
  baseUrl: describe(z.optional(url), "Instead of a region: where a proxy or the simulator answers."),
  loginUrl: describe(z.optional(url), "Where tokens come from, when that is another address."),
  clientId: describe(
    z._default(z.string(), ""),
    "Id of an OAuth client with the grant type Client Credentials. Take it from the environment.",
  ),
  clientSecret: describe(z._default(z.string(), ""), "Its secret. Take it from the environment."),
  jobPollMs: describe(
    z._default(whole(10, 60_000), 3_000),
    "First pause between two looks at a running job, milliseconds; it grows to a minute.",
  ),
  agentZones: describe(
    z._default(oneOf(["workforce", "organisation"]), "workforce"),
    "Where an agent's time zone comes from, under the contract platform. workforce: the management unit of each. organisation: organisation.zone, for an organisation without workforce management.",
  ),
  lateEvaluations: describe(
    z._default(oneOf(["search", "backfill"]), "search"),
    "Evaluations that come or change after the trailing window, under the contract platform. search: found by the day they were submitted or released (permission quality:evaluation:searchAny). backfill: only a backfill finds them.",
  ),
  ...platformLimits,
});

const feedbackField = (usual: string) => z._default(z.string().check(z.minLength(1, "a field's name")), usual);

const feedback = z.strictObject({
  id: describe(feedbackField("feedbackId"), "The field with the id of an answered survey."),
  interaction: describe(feedbackField("contactId"), "The field with the contact it is about."),
  agent: describe(feedbackField("agentId"), "The field with the agent's number."),
  score: describe(z.string().check(z.minLength(1, "a field's name")), "The field with the score."),
  answeredAt: describe(feedbackField("completedDate"), "The field with the time of the answer."),
  scaleMin: describe(z._default(whole(-1_000, 1_000_000), 1), "The worst score there is."),
  scaleMax: describe(z._default(whole(-1_000, 1_000_000), 5), "The best."),
});

const cxone = z.strictObject({
  contract: describe(
    z._default(oneOf(["platform", "guide"]), "platform"),
    "platform: the vendor's API. guide: the API as the guides describe it.",
  ),
  baseUrl: describe(z.optional(url), "The tenant's API; discovered with the token when left out."),
  loginUrl: describe(z.optional(url), "Where tokens come from, when that is another address."),
  businessUnitId: describe(z.optional(z.string()), "The business unit, when the token does not say it."),
  apiVersion: describe(
    z._default(z.string().check(z.regex(/^\d{1,3}\.0$/, "a version like 32.0, in quotes")), "32.0"),
    "Version of the services.",
  ),
  clientId: describe(z._default(z.string(), ""), "Id of the registered application. Take it from the environment."),
  clientSecret: describe(z._default(z.string(), ""), "Its secret. Take it from the environment."),
  accessKeyId: describe(z._default(z.string(), ""), "Access key of the service user. Take it from the environment."),
  accessKeySecret: describe(z._default(z.string(), ""), "Its secret. Take it from the environment."),
  jobPollMs: describe(
    z._default(whole(10, 60_000), 3_000),
    "First pause between two looks at a running job, milliseconds; it grows to a minute.",
  ),
  feedback: describe(
    z.optional(feedback),
    "platform: the fields of your surveys, which differ from tenant to tenant. Without it surveys are not read.",
  ),
  ...platformLimits,
});

const finance = z.strictObject({
  currency: z._default(currency, "USD"),
  loadedRatePerHour: describe(z.optional(money), "What one hour of an agent costs, all in (not the wage)."),
  realisation: describe(z._default(share, "1"), "The share of freed time that turns into money: 1 is capacity value, about 0.6 is cash."),
  replacementCost: describe(z.optional(money), "What replacing one agent costs."),
  perQualityPoint: describe(z.optional(money), "What one quality point is worth per agent and month."),
  monthlyAttrition: describe(z.optional(shareBelowOne), "Observed share of agents who leave in a month, below 1."),
});

const risk = z.strictObject({
  engagementThreshold: describe(z._default(share, "0.4"), "Below this mean engagement an agent counts as at risk."),
  engagementTrigger: describe(z._default(share, "0.5"), "Below this engagement somebody should have a look."),
  riskCostThreshold: describe(z._default(share, "0.6"), "Below this engagement the modelled risk cost is counted."),
  hazardRatio: describe(
    z._default(ratio, "3.2"),
    "How much likelier disengaged agents are to leave: an association, never booked as a gain.",
  ),
});

const boosts = z.strictObject({
  multiplier: describe(
    z._default(ratio, "1.2"),
    "What a boosted challenge pays: set as it stands here, never multiplied with what is there.",
  ),
  mostMultiplier: describe(z._default(ratio, "1.5"), "No boost ever goes beyond it."),
  days: describe(z._default(whole(1, 28), 7), "Days after which a boost ends."),
  cooldownDays: describe(z._default(whole(1, 365), 10), "Whole days between the beginnings of two boosts of a challenge."),
});

const lifecycle = z.strictObject({
  halfLifeDays: describe(z._default(whole(1, 365), 7), "Days in which the credit of an ended challenge halves."),
  windowDays: describe(z._default(whole(0, 365), 14), "Days after which it is gone."),
  weights: describe(
    z.prefault(
      z.strictObject({
        active: describe(z._default(share, "1"), "Weight of a running challenge."),
        paused: describe(z._default(share, "1"), "Weight on the day it is paused; it then decays."),
        expired: describe(z._default(share, "1"), "Weight on the day it expires; it then decays."),
        retired: describe(z._default(share, "0"), "Weight of a retired challenge."),
      }),
      {},
    ),
    "Weight of a challenge's credit by its status.",
  ),
});

const programme = z.strictObject({
  announcedOn: describe(
    z.optional(z.iso.date("a date as YYYY-MM-DD, in quotes")),
    "When agents first heard of the programme: its baseline ends before this day.",
  ),
  allocation: describe(
    z.optional(oneOf(["random", "operational", "performance"])),
    "How teams were chosen. Decides which evidence grade is possible.",
  ),
  holdoutShare: describe(z.optional(share), "The share of teams a random draw keeps out (gami holdout assign); evidence grade A needs it."),
});

export const configSchema = z.strictObject({
  version: describe(z._default(z.literal(1, "1, the version of this file's format"), 1), "Version of this file's format."),
  organisation: describe(organisation, "The contact centre."),
  warehouse: describe(z.prefault(warehouse, {}), "The analytic store."),
  state: describe(z.prefault(state, {}), "The operational store: runs, leases, decisions, ledger, outbox."),
  archive: describe(
    z.prefault(z.strictObject({ path: describe(z._default(file, "archive"), "The folder of the archive.") }), {}),
    "One immutable file per batch: the warehouse can be rebuilt from it.",
  ),
  reports: describe(
    z.prefault(z.strictObject({ path: describe(z._default(file, "reports"), "The folder of the reports.") }), {}),
    "Where reports are written.",
  ),
  dbt: describe(z.prefault(dbt, {}), "How dbt is run."),
  key: describe(
    z.prefault(z.strictObject({ file: describe(z._default(file, ".gami/key"), "The key file, for nobody but its owner (mode 600).") }), {}),
    "The file of the project's master key. The environment's GAMI_KEY or GAMI_KEY_FILE wins.",
  ),
  identity: describe(
    z._default(oneOf(["self", "mapped"]), "self"),
    "self: each source id is a person of its own. mapped: a crosswalk says who is who.",
  ),
  import: describe(
    z.prefault(
      z.strictObject({ maxRejectShare: describe(z._default(share, "0.01"), "Above this share of rejected rows a load exits 3.") }),
      {},
    ),
    "Loading files.",
  ),
  sources: describe(
    z.prefault(
      z.strictObject({
        genesys: describe(z.optional(genesys), "Genesys Cloud."),
        cxone: describe(z.optional(cxone), "NICE CXone."),
      }),
      {},
    ),
    "Platforms that 'gami extract' reads.",
  ),
  milestones: describe(
    z.optional(
      z.union([file, z.array(file).check(z.minLength(1, "at least one path"), z.maxLength(100, "at most 100 paths"))], "a path, or a list"),
    ),
    "Files of milestone definitions, or folders of them (docs/recognition.md). Default: the folder milestones, where there is one.",
  ),
  hosts: describe(
    z.prefault(z.record(z.string(), describe(hostSchema(url), "One place, by a name of small letters, digits and hyphens.")), {}),
    "Where recognition is told (gami outbox relay).",
  ),
  recognition: describe(
    z.prefault(
      z.strictObject({
        noticeDays: describe(z._default(whole(0, 90), 7), "Days before its end on which a flair says so."),
      }),
      {},
    ),
    "Milestones and flair.",
  ),
  finance: describe(z.prefault(finance, {}), "Money. What is not given is reported as missing, never guessed."),
  risk: describe(z.prefault(risk, {}), "Attrition risk: modelled, and reported apart from measured effects."),
  boosts: describe(z.prefault(boosts, {}), "What 'gami challenges adjust' may propose."),
  lifecycle: describe(z.prefault(lifecycle, {}), "How the credit of a challenge fades after it ends."),
  programme: describe(z.prefault(programme, {}), "How the gamification programme was rolled out."),
});

export type ConfigFile = z.output<typeof configSchema>;
