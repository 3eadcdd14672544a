import { basename, resolve } from "node:path";
import { minorUnitDigits } from "../domain/money.ts";
import { isDecimal } from "./decimal.ts";
import type { Fault } from "./faults.ts";
import { tellable } from "./parse-hosts.ts";
import type { ConfigFile } from "./schema.ts";

/** Rules across several fields, one named function each. Lines are added by the caller. */
type RuleFault = Omit<Fault, "line">;

export function checkRules(file: ConfigFile, folder: string): RuleFault[] {
  return [
    ...storesAreApart(file, folder),
    ...warehouseIsNoSchema(file),
    ...warehouseIsWhole(file),
    ...stateIsWhole(file),
    ...moneyFitsCurrency(file),
    ...platformsHaveAddresses(file),
    ...hostsAreWhole(file),
    ...boostsEnd(file),
  ];
}

/** Two stores in one file would overwrite each other. */
function storesAreApart(file: ConfigFile, folder: string): RuleFault[] {
  const paths: readonly (readonly [string, string])[] = [
    ["warehouse.path", file.warehouse.path],
    ["state.path", file.state.path],
    ["archive.path", file.archive.path],
    ["reports.path", file.reports.path],
    ["key.file", file.key.file],
  ];
  const seen = new Map<string, string>();
  const faults: RuleFault[] = [];
  for (const [name, path] of paths) {
    const whole = resolve(folder, path);
    const other = seen.get(whole);
    if (other !== undefined) faults.push({ path: name, text: `"${path}" is also ${other} - expected a path of its own` });
    seen.set(whole, name);
  }
  return faults;
}

const schemas: ReadonlySet<string> = new Set(["raw", "meta", "staging", "intermediate", "marts"]);

/** DuckDB calls a database by its file's name up to the first dot, and could not tell `marts.fct_interaction` from a table of it. */
function warehouseIsNoSchema({ warehouse: { kind, path } }: ConfigFile): RuleFault[] {
  const [name = ""] = basename(path).split(".");
  if (kind !== "duckdb" || !schemas.has(name.toLowerCase())) return [];
  return [{ path: "warehouse.path", text: `"${path}" is named like a schema in it - expected another name, such as gami.duckdb` }];
}

/** The kind in use is described, and Snowflake is signed in to in one way. */
function warehouseIsWhole({ warehouse }: ConfigFile): RuleFault[] {
  const { kind, snowflake } = warehouse;
  const faults: RuleFault[] = [];
  if (kind !== "duckdb" && warehouse[kind] === undefined)
    faults.push({ path: `warehouse.${kind}`, text: `not given - expected where it is and how to sign in, for kind ${kind}` });
  if (snowflake === undefined) return faults;
  const ways = (["privateKey", "privateKeyFile", "token", "password"] as const).filter((key) => snowflake[key] !== undefined);
  if (ways.length !== 1) {
    const found = ways.length === 0 ? "no way to sign in" : `${ways.join(" and ")} at once`;
    faults.push({ path: "warehouse.snowflake", text: `${found} - expected one of privateKey, privateKeyFile, token and password` });
  }
  return faults;
}

function stateIsWhole({ state }: ConfigFile): RuleFault[] {
  if (state.kind !== "postgres" || state.postgres !== undefined) return [];
  return [{ path: "state.postgres", text: "not given - expected its url, for kind postgres" }];
}

function moneyFitsCurrency({ finance }: ConfigFile): RuleFault[] {
  const digits = minorUnitDigits(finance.currency);
  const amounts: readonly (readonly [string, string | number | undefined])[] = [
    ["finance.loadedRatePerHour", finance.loadedRatePerHour],
    ["finance.replacementCost", finance.replacementCost],
    ["finance.perQualityPoint", finance.perQualityPoint],
  ];
  return amounts.flatMap(([path, amount]) =>
    amount === undefined || isDecimal(String(amount), digits)
      ? []
      : [{ path, text: `"${amount}" - expected at most ${digits} decimal places in ${finance.currency}` }],
  );
}

function platformsHaveAddresses({ sources: { genesys } }: ConfigFile): RuleFault[] {
  if (genesys?.contract === "guide" && genesys.baseUrl === undefined) {
    return [{ path: "sources.genesys.baseUrl", text: "not given - expected an address: the guides' own hosts do not exist" }];
  }
  if (genesys === undefined || genesys.region !== undefined || genesys.baseUrl !== undefined) return [];
  return [{ path: "sources.genesys", text: "neither region nor baseUrl - expected a region, like eu_central_1" }];
}

const leastSecretBytes = 24;

/** What each kind of host needs, and what its contract does not have. */
function hostsAreWhole({ hosts, sources }: ConfigFile): RuleFault[] {
  return Object.entries(hosts).flatMap(([name, host]) => {
    const at = `hosts.${name}`;
    const missing = (key: string, expected: string): RuleFault => ({ path: `${at}.${key}`, text: `not given - expected ${expected}` });
    const faults: RuleFault[] = [];
    if (!/^[a-z][a-z0-9-]{0,39}$/.test(name)) faults.push({ path: at, text: "expected a name of small letters, digits and hyphens" });
    const had = tellable(host.kind, sources.genesys?.contract ?? "platform");
    for (const kind of host.tells ?? []) {
      if (!had.includes(kind)) faults.push({ path: `${at}.tells`, text: `"${kind}" - a ${host.kind} host has ${had.join(", ")}` });
    }
    const tells = host.tells ?? had;
    if (host.kind === "genesys" && sources.genesys === undefined) faults.push(missing("kind", "sources.genesys with its credentials"));
    if (host.kind === "cxone" && sources.cxone === undefined) faults.push(missing("kind", "sources.cxone with its credentials"));
    if (host.kind === "genesys" && sources.genesys?.contract === "platform") {
      if (tells.includes("flair") && host.schemaId === undefined)
        faults.push(missing("schemaId", "the id of a custom attribute schema, or 'tells' without flair"));
      if (tells.includes("points") && host.metrics === undefined)
        faults.push(missing("metrics", "metric to external metric definition, or 'tells' without points"));
    }
    if (host.kind === "webhook") {
      if (host.url === undefined) faults.push(missing("url", "an https:// address"));
      if (host.secret === undefined) faults.push(missing("secret", 'a secret from the environment, like "${GAMI_WEBHOOK_SECRET}"'));
      for (const [key, secret] of Object.entries({ secret: host.secret, previousSecret: host.previousSecret })) {
        if (secret !== undefined && Buffer.byteLength(secret) < leastSecretBytes)
          faults.push({ path: `${at}.${key}`, text: `too short - expected at least ${leastSecretBytes} bytes` });
      }
    }
    if (host.kind === "csv" && host.path === undefined) faults.push(missing("path", "a folder"));
    return faults;
  });
}

/** A boost that may not be proposed, or one behind which the next may begin before it ends. */
function boostsEnd({ boosts: { multiplier, mostMultiplier, days, cooldownDays } }: ConfigFile): RuleFault[] {
  const faults: RuleFault[] = [];
  if (Number(multiplier) <= 1 || Number(multiplier) > Number(mostMultiplier))
    faults.push({
      path: "boosts.multiplier",
      text: `${multiplier} - expected more than 1 and at most boosts.mostMultiplier (${mostMultiplier})`,
    });
  if (cooldownDays <= days)
    faults.push({
      path: "boosts.cooldownDays",
      text: `${cooldownDays} - expected more than boosts.days (${days}): a boost ends before the next begins`,
    });
  return faults;
}
