import { resolve } from "node:path";
import { isDecimal, minorUnitDigits } from "./decimal.ts";
import type { Fault } from "./faults.ts";
import type { ConfigFile } from "./schema.ts";

/** Rules across several fields, one named function each. Lines are added by the caller. */
type RuleFault = Omit<Fault, "line">;

export function checkRules(file: ConfigFile, folder: string): RuleFault[] {
  return [...storesAreApart(file, folder), ...moneyFitsCurrency(file), ...platformsHaveAddresses(file)];
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
