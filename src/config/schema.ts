import { z } from "zod";
import { isDecimal } from "./decimal.ts";

/**
 * The untrusted shape of gami.config.yaml: what the JSON Schema for editors is generated from.
 * Strict objects only, so that a misspelt key is a fault and never a silent default.
 */
const decimal = (digits: number, what: string) =>
  z
    .union([z.string(), z.number()])
    .transform(String)
    .refine((text) => isDecimal(text, digits), `${what}: a plain decimal with at most ${digits} places, like 45.50`);
const money = decimal(3, "an amount of money");
/** Shares and thresholds: text or number on purpose, read exactly (six decimals at most). */
const share = decimal(6, "a share").refine((text) => Number(text) >= 0 && Number(text) <= 1, "a share between 0 and 1");
const file = z.string().min(1, "a path");
const whole = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum);

export const ianaZone = z
  .string()
  .describe("An IANA time zone, like Europe/Berlin. Never an offset: offsets change with daylight saving time.")
  .refine(isIanaZone, "an IANA time zone, like Europe/Berlin");

function isIanaZone(zone: string): boolean {
  if (/^[+-]|^(GMT|UTC)[+-]/i.test(zone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function isKnownCurrency(code: string): boolean {
  return Intl.supportedValuesOf("currency").includes(code);
}

const organisation = z
  .strictObject({
    name: z.string().min(1).max(200).describe("Shown in reports."),
    zone: ianaZone.describe("The organisation's IANA time zone: used for agents and sources that have none of their own."),
    dayStart: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day as HH:MM, 00:00 to 23:59")
      .default("00:00")
      .describe("When a business day starts for work outside any shift."),
  })
  .describe("The contact centre.");

const warehouse = z
  .strictObject({
    kind: z.literal("duckdb", "duckdb").default("duckdb"),
    path: file.default("gami.duckdb").describe("The DuckDB file, relative to this config."),
    memoryLimit: z
      .string()
      .regex(/^\d+(\.\d+)?\s?(KB|MB|GB|TB|KiB|MiB|GiB|TiB)$/i, "a size like 2GB")
      .optional()
      .describe("Memory DuckDB may use. Default: half of this machine's."),
    threads: whole(1, 1024).optional().describe("Threads DuckDB may use. Default: all cores."),
    lockWaitSeconds: whole(0, 86_400).default(30).describe("How long to wait while another process holds the DuckDB file."),
  })
  .describe("The analytic store.");

const state = z
  .strictObject({
    kind: z.literal("sqlite", "sqlite").default("sqlite"),
    path: file.default("gami.sqlite").describe("The SQLite file, relative to this config."),
  })
  .describe("The operational store: runs, leases, and later awards and the ledger.");

const dbt = z
  .strictObject({
    runner: z
      .enum(["auto", "venv", "docker", "path"], "one of auto, venv, docker, path")
      .default("auto")
      .describe("venv: an environment gami manages. path: the dbt on PATH."),
    projectDir: file.optional().describe("A dbt project to use instead of the one gami brings."),
    target: z.string().min(1).optional().describe("The dbt target, when not gami's own."),
    python: z.string().min(1).optional().describe("The Python (3.11 or newer) that makes the environment."),
  })
  .describe("How dbt is run.");

const finance = z
  .strictObject({
    currency: z.string().refine(isKnownCurrency, "an ISO 4217 currency code, like USD").default("USD"),
    loadedRatePerHour: money.optional().describe("What one hour of an agent costs, all in (not the wage)."),
    realisation: share.default("1").describe("The share of freed time that turns into money: 1 is capacity value, about 0.6 is cash."),
    replacementCost: money.optional().describe("What replacing one agent costs."),
    perQualityPoint: money.optional().describe("What one quality point is worth per handled interaction."),
    monthlyAttrition: share.optional().describe("Observed share of agents who leave in a month."),
  })
  .describe("Money. What is not given is reported as missing, never guessed.");

const risk = z
  .strictObject({
    engagementThreshold: share.default("0.4").describe("Below this mean engagement an agent counts as at risk."),
    engagementTrigger: share.default("0.5"),
    riskCostThreshold: share.default("0.6"),
    hazardRatio: decimal(3, "a ratio")
      .refine((text) => Number(text) >= 1, "a ratio of at least 1")
      .default("3.2"),
  })
  .describe("Attrition risk: modelled, reported apart from measured effects.");

const lifecycle = z
  .strictObject({
    halfLifeDays: whole(1, 365).default(7),
    windowDays: whole(0, 365).default(14),
    weights: z
      .strictObject({ active: share.default("1"), paused: share.default("1"), expired: share.default("1"), retired: share.default("0") })
      .prefault({})
      .describe("Weight of a challenge's credit by status, on the day the status begins; paused and expired ones then decay."),
  })
  .describe("How credit of a challenge fades after it ends.");

const programme = z
  .strictObject({
    announcedOn: z.iso
      .date("a date as YYYY-MM-DD")
      .optional()
      .describe("When agents first heard of it: the baseline ends before this day."),
    allocation: z
      .enum(["random", "operational", "performance"], "one of random, operational, performance")
      .optional()
      .describe("How teams were chosen. Decides which evidence grade is possible."),
  })
  .describe("How the gamification programme was rolled out.");

export const configSchema = z
  .strictObject({
    version: z.literal(1, "1: the version of this file's format").default(1),
    organisation,
    warehouse: warehouse.prefault({}),
    state: state.prefault({}),
    archive: z
      .strictObject({ path: file.default("archive") })
      .prefault({})
      .describe("One immutable file per batch: the warehouse can be rebuilt from it."),
    reports: z
      .strictObject({ path: file.default("reports") })
      .prefault({})
      .describe("Where reports are written."),
    dbt: dbt.prefault({}),
    key: z
      .strictObject({ file: file.default(".gami/key") })
      .prefault({})
      .describe("The project's master key; environment GAMI_KEY or GAMI_KEY_FILE wins."),
    identity: z
      .enum(["self", "mapped"], "one of self, mapped")
      .default("self")
      .describe("self: one person per source id. mapped: people are joined by a crosswalk."),
    import: z
      .strictObject({ maxRejectShare: share.default("0.01").describe("Above this share of rejected rows a load exits 3.") })
      .prefault({}),
    finance: finance.prefault({}),
    risk: risk.prefault({}),
    lifecycle: lifecycle.prefault({}),
    programme: programme.prefault({}),
  })
  .describe("Configuration of gami. A value may name environment variables: see docs/configuration.md.");

export type ConfigFile = z.output<typeof configSchema>;
