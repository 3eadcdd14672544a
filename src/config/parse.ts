import { closeSync, existsSync, fstatSync, openSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type Document, LineCounter, parseDocument } from "yaml";
import { minorUnitDigits } from "../domain/money.ts";
import { ConfigError } from "../errors.ts";
import type { Config, GenesysConfig } from "./config.ts";
import { parseDecimal } from "./decimal.ts";
import { describeFaults, type Fault, faultsOf, lineOf } from "./faults.ts";
import { interpolateEnvironment } from "./interpolate.ts";
import { hostSecrets, toHosts } from "./parse-hosts.ts";
import { toWarehouses, warehouseSecrets } from "./parse-warehouses.ts";
import { checkRules } from "./rules.ts";
import { type ConfigFile, configSchema } from "./schema.ts";

export const configFileName = "gami.config.yaml";
const maximumBytes = 1_000_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** The config of a folder or one of its parents, as git finds its repository; null when there is none. */
export function findConfig(folder: string): string | null {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, configFileName);
    if (existsSync(path)) return path;
    if (dirname(at) === at) return null;
  }
}

export interface ReadOptions {
  /** What a variable that is not set would hold counts as not given, where that may be: for commands that call nobody. */
  readonly withoutSecrets?: boolean;
}

/** @throws ConfigError naming every fault at once: path, line, value, what was expected. */
export function readConfig(path: string, env: Environment, options?: ReadOptions): Config {
  return parseConfig(readText(path), resolve(path), env, options);
}

/** `path` names the file in messages and is where relative paths start. */
export function parseConfig(text: string, path: string, env: Environment, { withoutSecrets = false }: ReadOptions = {}): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const faults: Fault[] = [...document.errors, ...document.warnings].map((error) => ({
    path: "",
    line: lines.linePos(error.pos[0]).line,
    text: error.message,
  }));
  if (faults.length > 0) throw faulty(path, [...faults, ...bareVariables(text, faults)]);
  const { missing, secrets } = interpolateEnvironment(document, env, { leaveOutUnset: withoutSecrets });
  const located = { document, lines };
  const unset = missing.map(({ path: place, name }) => ({
    path: place,
    line: lineOf(located, place.split(".")),
    text: `environment variable ${name} is not set, and there is no default (\${${name}:-...})`,
  }));
  const value = plainValue(document, path);
  const parsed = configSchema.safeParse(value, { jitless: true });
  if (!withoutSecrets || !parsed.success) faults.push(...unset);
  const broken = parsed.success
    ? checkRules(parsed.data, dirname(path)).map((fault) => ({ ...fault, line: lineOf(located, fault.path.split(".")) }))
    : faultsOf(parsed.error, located, value, knownKeys);
  // What an unset variable would hold is no fault of its own.
  const unsetPaths = new Set(missing.map((one) => one.path));
  faults.push(...broken.filter((fault) => !unsetPaths.has(fault.path)));
  if (faults.length > 0 || !parsed.success) throw faulty(path, faults);
  return toConfig(parsed.data, path, secrets);
}

/** Inside `{ }` and `[ ]` the braces of a variable are YAML's own, which its messages do not say. */
function bareVariables(text: string, faults: readonly Fault[]): Fault[] {
  const broken = new Set(faults.map(({ line }) => line));
  const found = text.split("\n").findIndex((content, index) => broken.has(index + 1) && /[{[][^"'#]*\$\{/.test(content));
  return found < 0 ? [] : [{ path: "", line: found + 1, text: 'a ${VARIABLE} inside { } or [ ] needs quotes: "${VARIABLE}"' }];
}

function readText(path: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new ConfigError(`the config file ${path} ${missing ? "does not exist" : `cannot be read: ${String(cause)}`}`, {
      code: missing ? "CONFIG_MISSING" : "CONFIG_UNREADABLE",
      hint: missing ? "run 'gami init' to write one, or give another path with --config" : "make the file readable for this user",
      cause,
    });
  }
  try {
    const stat = fstatSync(descriptor);
    const bytes = stat.isFile() && stat.size <= maximumBytes ? readFileSync(descriptor) : null;
    if (bytes !== null && !bytes.includes(0)) return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    closeSync(descriptor);
  }
  throw unreadable(path, undefined);
}

function unreadable(path: string, cause: unknown): ConfigError {
  return new ConfigError(`${path} is not a config file: expected YAML text in UTF-8, at most 1 MB`, {
    code: "CONFIG_UNREADABLE",
    hint: "give the path of a gami.config.yaml with --config, or run 'gami init' to write one",
    cause,
  });
}

function plainValue(document: Document, path: string): unknown {
  try {
    return withoutEmpty(document.toJS()) ?? {};
  } catch (cause) {
    throw faulty(path, [
      { path: "", line: null, text: `its aliases cannot be resolved: ${cause instanceof Error ? cause.message : String(cause)}` },
    ]);
  }
}

/** A key with nothing behind it counts as not given: a section whose lines are all comments, for example. */
function withoutEmpty(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, part]) => (part === null ? [] : [[key, withoutEmpty(part)]])));
}

function faulty(path: string, faults: readonly Fault[]): ConfigError {
  return new ConfigError(describeFaults(path, faults), {
    code: "CONFIG_INVALID",
    hint: `correct ${basename(path)} and run 'gami doctor'`,
  });
}

/** The keys an object of the schema knows, for suggestions. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = configSchema;
  for (const key of path) schema = shapeOf(schema)[String(key)] ?? entriesOf(schema);
  return Object.keys(shapeOf(schema));
}

/** The fields of an object schema, looked for inside `optional` and default wrappers. */
function shapeOf(schema: unknown): Readonly<Record<string, unknown>> {
  let inner: unknown = schema;
  while (typeof inner === "object" && inner !== null) {
    if ("shape" in inner && typeof inner.shape === "object" && inner.shape !== null) return { ...inner.shape };
    inner =
      "def" in inner && typeof inner.def === "object" && inner.def !== null && "innerType" in inner.def ? inner.def.innerType : undefined;
  }
  return {};
}

/** What the values of a record look like, whatever their names. */
function entriesOf(schema: unknown): unknown {
  let inner: unknown = schema;
  while (typeof inner === "object" && inner !== null && "def" in inner && typeof inner.def === "object" && inner.def !== null) {
    if ("valueType" in inner.def) return inner.def.valueType;
    inner = "innerType" in inner.def ? inner.def.innerType : undefined;
  }
  return undefined;
}

function toConfig(file: ConfigFile, path: string, secrets: readonly string[]): Config {
  const folder = dirname(path);
  const ppm = (value: string | number) => Number(parseDecimal(String(value), 6));
  const digits = minorUnitDigits(file.finance.currency);
  const minor = (value: string | number | undefined) => (value === undefined ? null : parseDecimal(String(value), digits));
  const { dbt, finance, risk, boosts, lifecycle, programme } = file;
  const warehouses = toWarehouses(file, folder);
  return {
    path,
    folder,
    organisation: file.organisation,
    // The one in use is described: rules.ts.
    warehouse: warehouses[file.warehouse.kind] ?? warehouses.duckdb,
    warehouses,
    state: toState(file.state, folder),
    archive: { path: resolve(folder, file.archive.path) },
    reports: { path: resolve(folder, file.reports.path) },
    dbt: {
      runner: dbt.runner,
      projectDir: dbt.projectDir === undefined ? null : resolve(folder, dbt.projectDir),
      target: dbt.target ?? null,
      python: dbt.python ?? null,
      engine: dbt.engine ?? null,
      image: dbt.image ?? null,
    },
    key: { file: resolve(folder, file.key.file) },
    identity: file.identity,
    import: { maxRejectPpm: ppm(file.import.maxRejectShare) },
    sources: { genesys: genesysConfig(file.sources.genesys), cxone: file.sources.cxone ?? null },
    hosts: toHosts(file, folder),
    recognition: file.recognition,
    milestones: {
      places: [file.milestones ?? "milestones"].flat().map((place) => resolve(folder, place)),
      isNamed: file.milestones !== undefined,
    },
    finance: {
      currency: finance.currency,
      loadedRateMinorPerHour: minor(finance.loadedRatePerHour),
      realisationPpm: ppm(finance.realisation),
      replacementCostMinor: minor(finance.replacementCost),
      minorPerQualityPoint: minor(finance.perQualityPoint),
      monthlyAttritionPpm: finance.monthlyAttrition === undefined ? null : ppm(finance.monthlyAttrition),
    },
    risk: {
      engagementThresholdPpm: ppm(risk.engagementThreshold),
      engagementTriggerPpm: ppm(risk.engagementTrigger),
      riskCostThresholdPpm: ppm(risk.riskCostThreshold),
      hazardRatioMilli: Number(parseDecimal(String(risk.hazardRatio), 3)),
    },
    boosts: {
      multiplierMilli: Number(parseDecimal(String(boosts.multiplier), 3)),
      mostMultiplierMilli: Number(parseDecimal(String(boosts.mostMultiplier), 3)),
      days: boosts.days,
      cooldownDays: boosts.cooldownDays,
    },
    lifecycle: {
      halfLifeDays: lifecycle.halfLifeDays,
      windowDays: lifecycle.windowDays,
      weightsPpm: {
        active: ppm(lifecycle.weights.active),
        paused: ppm(lifecycle.weights.paused),
        expired: ppm(lifecycle.weights.expired),
        retired: ppm(lifecycle.weights.retired),
      },
    },
    programme: {
      announcedOn: programme.announcedOn ?? null,
      allocation: programme.allocation ?? null,
      holdoutSharePpm: programme.holdoutShare === undefined ? null : ppm(programme.holdoutShare),
    },
    secrets: [...secrets, ...platformSecrets(file.sources), ...hostSecrets(file), ...warehouseSecrets(file), ...stateSecrets(file.state)],
  };
}

function toState({ kind, path, postgres }: ConfigFile["state"], folder: string): Config["state"] {
  const whole = resolve(folder, path);
  // The one in use is described: rules.ts.
  if (kind === "sqlite" || postgres === undefined) return { place: whole, path: whole, postgres: null };
  const { hostname, port, pathname } = new URL(postgres.url);
  const place = `postgres://${hostname}${port === "" ? "" : `:${port}`}${pathname}, schema ${postgres.schema}`;
  return { place, path: whole, postgres };
}

function stateSecrets({ postgres }: ConfigFile["state"]): string[] {
  if (postgres === undefined) return [];
  const { password } = new URL(postgres.url);
  return password === "" ? [] : [postgres.url, password, decodeURIComponent(password)];
}

function platformSecrets({ genesys, cxone }: ConfigFile["sources"]): string[] {
  const all = [genesys?.clientSecret, cxone?.clientSecret, cxone?.accessKeySecret];
  return all.flatMap((secret) => (secret === undefined || secret === "" ? [] : [secret]));
}

function genesysConfig(genesys: ConfigFile["sources"]["genesys"]): GenesysConfig | null {
  if (genesys === undefined) return null;
  return { ...genesys, region: genesys.region ?? null, baseUrl: genesys.baseUrl ?? null, loginUrl: genesys.loginUrl ?? null };
}
