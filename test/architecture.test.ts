import { expect, test } from "vitest";
import { type Import, readSourceFiles, type SourceFile } from "./support/source-files.ts";

/** The direction of dependencies: an arrow that is not here does not exist. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  main: ["program", "execute", "deps", "adapters", "leaf"],
  program: ["commands", "program", "ports", "leaf"],
  execute: ["commands", "program", "deps", "ports", "leaf"],
  deps: ["adapters", "config", "ports", "domain", "leaf"],
  http: ["app", "ports", "domain", "deps", "leaf", "http"],
  commands: ["app", "commands", "config", "deps", "domain", "ports", "leaf"],
  app: ["app", "config", "domain", "ports", "leaf"],
  config: ["config", "domain", "leaf"],
  adapters: ["adapters", "domain", "ports", "leaf"],
  ports: ["ports", "domain", "leaf"],
  domain: ["domain"],
  leaf: ["leaf"],
};
/** Small files at the root of src that anybody may import. */
const leaves = ["src/errors.ts", "src/exit-codes.ts", "src/package-root.ts"];

/** An area of the domain knows itself and the root of domain/; these arrows are the exceptions. */
const domainArrows: readonly (readonly [from: string, to: string])[] = [
  ["load", "records"],
  ["simulate", "records"],
  ["roi", "estimate"],
  ["deliver", "politeness"],
  ["deliver", "zone-offsets"],
];
/** An adapter knows its own folder; these arrows are the exceptions. */
const adapterArrows: readonly (readonly [from: string, to: string])[] = [
  // DuckDB writes the archive's files, whatever the warehouse is.
  ["archive/parquet", "warehouses/duckdb"],
  ["archive/parquet", "warehouses"],
  // ... and reads them for the warehouses that cannot.
  ["warehouses/snowflake", "warehouses/duckdb"],
  ["warehouses/bigquery", "warehouses/duckdb"],
  ["sources/genesys", "http"],
  ["sources/cxone", "http"],
  // Hosts are told over the same polite client, with the tokens their platform is read with.
  ["hosts", "http"],
  ["hosts/cxone", "http"],
  ["hosts/genesys", "http"],
  ["hosts/webhook", "http"],
  ["hosts/cxone", "sources/cxone"],
  ["hosts/genesys", "sources/genesys"],
  // A backup and the archive's ledger are files of rows, durable like the archive's batches.
  ["archive/ledger", "archive/parquet"],
  ["archive/ledger", "files"],
  ["state", "files"],
  // Drift is counted alike on every platform.
  ["sources/cxone", "sources/genesys"],
];
/** How faults in a file the user wrote are told: the same for the config and for what adapters read. */
const faultWords = ["src/config/faults.ts", "src/config/nearest.ts"];

const drivers = ["@duckdb/node-api", "pg", "snowflake-sdk", "@google-cloud/bigquery", "node:sqlite"];
/** Packages that compute and do nothing else. */
const purePackages = [/^node:crypto$/, /^pure-rand(\/|$)/, /^@stdlib\/stats-base-dists-/, /^re2js$/];

const sources = readSourceFiles("src");
/** What users run. Tests may reach across. */
const files = sources.filter(({ path }) => !path.endsWith(".test.ts"));

function zone(path: string): string {
  if (leaves.includes(path)) return "leaf";
  const [, first = ""] = path.split("/");
  return first.replace(/\.ts$/, "");
}

/** `src/domain/roi/report/x.ts` is in area `roi`; a file at the root of domain/ in none. */
function area(path: string): string | null {
  const [, , first = "", second] = path.split("/");
  return second === undefined ? null : first;
}

/** `src/adapters/sources/csv/x.ts` belongs to `sources/csv`, `src/adapters/clock/x.ts` to `clock`; the report is one. */
function adapter(path: string): string {
  if (path.startsWith("src/adapters/report/")) return "report";
  return path.split("/").slice(2, -1).slice(0, 2).join("/");
}

function arrows(from: readonly SourceFile[], isWrong: (file: SourceFile, to: Import) => boolean): string[] {
  return from.flatMap((file) => file.imports.filter((to) => isWrong(file, to)).map((to) => `${file.path} -> ${to.target}`));
}

function isListed(arrowsAllowed: readonly (readonly [string, string])[], from: string, to: string): boolean {
  return arrowsAllowed.some(([left, right]) => left === from && right === to);
}

test("imports follow the direction of dependencies", () => {
  const wrong = arrows(files, ({ path }, { target, isPackage }) => {
    if (isPackage || (zone(path) === "adapters" && faultWords.includes(target))) return false;
    return !allowed[zone(path)]?.includes(zone(target));
  });
  expect(wrong).toEqual([]);
});

test("use cases see what they are given, never the composition root", () => {
  expect(arrows(files, ({ path }, { target }) => zone(path) === "app" && zone(target) === "deps")).toEqual([]);
  const values = arrows(files, ({ path }, { target, isTypeOnly }) => zone(path) === "commands" && zone(target) === "deps" && !isTypeOnly);
  expect(values).toEqual([]);
});

test("the domain imports itself and pure packages only", () => {
  const wrong = arrows(
    files,
    ({ path }, { target, isPackage }) => zone(path) === "domain" && isPackage && !purePackages.some((pure) => pure.test(target)),
  );
  expect(wrong).toEqual([]);
});

test("an area of the domain knows itself, the root of the domain, and the areas listed here", () => {
  const domain = files.filter(({ path }) => zone(path) === "domain");
  const wrong = arrows(domain, ({ path }, { target, isPackage }) => {
    const [from, to] = [area(path), isPackage ? null : area(target)];
    return to !== null && to !== from && !isListed(domainArrows, from ?? "", to);
  });
  expect(wrong).toEqual([]);
});

test("an adapter knows its own folder, and others only where listed here", () => {
  const wrong = arrows(files, ({ path }, { target, isPackage }) => {
    if (isPackage || zone(path) !== "adapters" || zone(target) !== "adapters") return false;
    const [from, to] = [adapter(path), adapter(target)];
    return !`${from}/`.startsWith(`${to}/`) && !`${to}/`.startsWith(`${from}/`) && !isListed(adapterArrows, from, to);
  });
  expect(wrong).toEqual([]);
});

test("drivers are named in adapters only, and loaded on first use", () => {
  const wrong = arrows(files, ({ path }, { target }) => drivers.some((driver) => target === driver) && zone(path) !== "adapters");
  expect(wrong).toEqual([]);
});

test("the domain has no clock, no randomness and no process", () => {
  const forbidden = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bperformance\.now\b|\brandomUUID\b|\brandomBytes\b/;
  const wrong = files.filter(({ path, text }) => zone(path) === "domain" && forbidden.test(withoutComments(text)));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test("the time comes from the clock: nobody else asks the machine", () => {
  const wrong = files.filter(
    ({ path, text }) => !["adapters", "main"].includes(zone(path)) && /\bDate\.now\b|\bnew Date\(\)/.test(withoutComments(text)),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test("only main ends the process", () => {
  const wrong = files.filter(({ path, text }) => zone(path) !== "main" && /\bprocess\.(exit|exitCode|abort)\b/.test(withoutComments(text)));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test("[D5] one key builder, one retry policy: each is written in one file, and everybody asks it", () => {
  const homes = {
    "src/domain/business-key.ts": /Buffer\.byteLength\(\w+\)\}:|function (netstrings?|businessKey|shortKey)\b/,
    "src/domain/politeness/backoff.ts": /function retryDelay\b|\brandom \* /,
  };
  for (const [home, pattern] of Object.entries(homes)) {
    const found = sources.filter(({ text }) => pattern.test(withoutComments(text))).map(({ path }) => path);
    expect(found).toEqual([home]);
    const used = files.filter(({ text }) => text.includes(`/${home.split("/").at(-1)}"`)).length;
    expect(used).toBeGreaterThan(1);
  }
});

test("no file is a home for everything", () => {
  const wrong = sources.filter(({ path }) =>
    /(^|\/)(utils?|helpers?|lib|common|shared|misc|index)(\/|\.m?ts$)/.test(path.slice("src/".length)),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test("names are in kebab case and there are no default exports, enums or barrel files", () => {
  const names = sources.filter(({ path }) => !/^(\/?[a-z0-9]+(-[a-z0-9]+)*)+(\.test)?\.m?ts$/.test(path.slice("src".length)));
  expect(names.map(({ path }) => path)).toEqual([]);
  const code = sources.filter(({ text }) => /^export default\b|^(export )?(const )?enum\b|^export \* from/m.test(text));
  expect(code.map(({ path }) => path)).toEqual([]);
});

test("types are never asserted but by 'as const'", () => {
  const wrong = files.flatMap(({ path, text }) => {
    const code = withoutComments(text).replace(/^(import|export)[\s\S]*?from ".*";?$/gm, "");
    return [...code.matchAll(/(?<![`'"\w] ?)\bas (?!const\b)[A-Z][\w<>[\].]*(?=[\s;,)\]}])/g)].map((match) => `${path}: ${match[0]}`);
  });
  expect(wrong).toEqual([]);
});

test("zod is imported as a namespace: '{ z }' would put 580 KB into the bundle", () => {
  const wrong = files.filter(({ text }) => /import \{ z \} from "zod/.test(text));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}
