import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ConfigError } from "../errors.ts";
import { findConfig, parseConfig, readConfig } from "./parse.ts";
import { settingsOf } from "./settings.ts";

const path = "/project/gami.config.yaml";
const minimal = "organisation:\n  name: North Support\n  zone: Europe/Berlin\n";
const scratch = mkdtempSync(join(tmpdir(), "gami-config-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The message of the ConfigError that parsing throws. */
function faults(text: string, env: Readonly<Record<string, string>> = {}): string {
  try {
    parseConfig(text, path, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("expected faults, found none");
}

test("a config of three lines gets every default, with paths beside the file", () => {
  const config = parseConfig(minimal, path, {});
  expect(config.warehouse).toEqual({ kind: "duckdb", path: "/project/gami.duckdb", memoryLimit: null, threads: null, lockWaitSeconds: 30 });
  expect(config.state.path).toBe("/project/gami.sqlite");
  expect(config.archive.path).toBe("/project/archive");
  expect(config.reports.path).toBe("/project/reports");
  expect(config.key.file).toBe("/project/.gami/key");
  expect(config.import.maxRejectPpm).toBe(10_000);
  expect(config.risk).toEqual({
    engagementThresholdPpm: 400_000,
    engagementTriggerPpm: 500_000,
    riskCostThresholdPpm: 600_000,
    hazardRatioMilli: 3_200,
  });
});

test("money is read exactly in minor units of its currency, quoted or not", () => {
  const { finance } = parseConfig(
    `${minimal}finance:\n  loadedRatePerHour: 45.10\n  replacementCost: "12000"\n  realisation: 0.6\n`,
    path,
    {},
  );
  expect(finance).toMatchObject({ loadedRateMinorPerHour: 4510n, replacementCostMinor: 1_200_000n, realisationPpm: 600_000 });
  const yen = parseConfig(`${minimal}finance: { currency: JPY, loadedRatePerHour: 4500 }\n`, path, {});
  expect(yen.finance.loadedRateMinorPerHour).toBe(4500n);
});

test("[T65] [S4-R39] the weights of challenge states come from the config, and what was not given is empty in the settings, never zero", () => {
  const settings = settingsOf(parseConfig(`${minimal}lifecycle: { weights: { paused: 0.5 } }\n`, path, {}));
  expect(settings.loaded_rate_minor_per_hour).toBe("");
  expect(settings["weight.paused"]).toBe("500000");
  expect(settings).toMatchObject({
    organisation_zone: "Europe/Berlin",
    day_start: "00:00",
    identity: "self",
    hazard_ratio_milli: "3200",
    decay_half_life_days: "7",
    "weight.retired": "0",
  });
});

test("all faults are reported at once, each with its path, line, value and expectation", () => {
  const text = `organisation:
  name: ""
  zone: Berlin
  dayStart: 25:00
warehouse:
  threads: many
  memroyLimit: 2GB
finance:
  loadedRatePerHour: 1,5
  currency: DOLLAR
import:
  maxRejectShare: 1.5
flavour: sweet
`;
  expect(faults(text)).toBe(`${path} has 9 faults:
  organisation.name (line 2): "" - expected a name
  organisation.zone (line 3): "Berlin" - expected an IANA time zone: did you mean Europe/Berlin?
  organisation.dayStart (line 4): "25:00" - expected a time of day as HH:MM, 00:00 to 23:59
  warehouse.threads (line 6): "many" - expected a whole number from 1 to 1024
  warehouse.memroyLimit (line 7): is not a known key - did you mean memoryLimit?
  import.maxRejectShare (line 12): 1.5 - expected a share between 0 and 1, as a plain decimal with at most 6 places
  finance.currency (line 10): "DOLLAR" - expected an ISO 4217 currency code, like USD
  finance.loadedRatePerHour (line 9): "1,5" - expected an amount of money like 45.50, as a plain decimal with at most 3 places
  flavour (line 13): is not a known key - known here: version, organisation, warehouse, state, archive, reports, dbt, key, identity, import, sources, milestones, hosts, recognition, finance, risk, boosts, lifecycle, programme`);
});

test("an empty file lacks only the organisation", () => {
  expect(faults("")).toBe(`${path} has a fault:\n  organisation: is missing - expected a mapping of keys to values`);
});

test("a variable inside braces needs quotes, and the message says so", () => {
  expect(faults(`${minimal}key: { file: ${"${KEY}"} }\n`)).toContain('inside { } or [ ] needs quotes: "${VARIABLE}"');
  expect(faults(`${minimal}key: { file: "${"${KEY}"}" }\n`)).not.toContain("needs quotes");
});

test("a section whose lines are all comments counts as not given", () => {
  expect(parseConfig(`${minimal}programme:\n  # allocation: random\nfinance:\n  currency:\n`, path, {}).finance.currency).toBe("USD");
});

test("broken YAML is named with its line", () => {
  expect(faults("organisation: {name: x\nzone: y")).toMatch(/the file \(line \d+\): /);
  expect(faults(`${minimal}organisation: {}\n`)).toContain("Map keys must be unique");
});

test.each([
  ["New York", "America/New_York"],
  ["jerusalem", "Asia/Jerusalem"],
  ["Europe/Berln", "Europe/Berlin"],
])("%s is probably %s", (written, meant) => {
  expect(faults(`organisation: { name: x, zone: "${written}" }`)).toContain(`did you mean ${meant}?`);
});

test.each(["+02:00", "UTC+2", "GMT-5", "Mars/Olympus", "America"])("%s is not a time zone: offsets change with the season", (zone) => {
  expect(faults(`organisation: { name: x, zone: "${zone}" }`)).toContain("expected an IANA time zone");
});

test("older names of zones are zones", () => {
  expect(parseConfig("organisation: { name: x, zone: Asia/Calcutta }", path, {}).organisation.zone).toBe("Asia/Calcutta");
});

test("the environment fills scalars after parsing: its values cannot add keys", () => {
  const text = "organisation:\n  name: ${NAME}\n  zone: ${ZONE:-Europe/Berlin}\nwarehouse:\n  threads: ${THREADS}\n  path: $${literal}\n";
  const config = parseConfig(text, path, { NAME: "x\nidentity: mapped", THREADS: "4", ZONE: "" });
  expect(config.organisation).toMatchObject({ name: "x\nidentity: mapped", zone: "Europe/Berlin" });
  expect(config.identity).toBe("self");
  expect(config.warehouse).toMatchObject({ threads: 4, path: "/project/${literal}" });
});

test("[S2-R9] id, secret and address of a platform's service account come from the environment, and the secret is hidden", () => {
  const text = `organisation: { name: x, zone: UTC }
sources:
  cxone: { clientId: "\${CX_ID}", clientSecret: "\${CX_SECRET}", accessKeyId: "\${CX_KEY}", accessKeySecret: "\${CX_KEY_SECRET}", loginUrl: "\${CX_URL}" }
`;
  const given = {
    CX_ID: "gami@tenant",
    CX_SECRET: "first-secret",
    CX_KEY: "K1",
    CX_KEY_SECRET: "second-secret",
    CX_URL: "https://login.tenant.example",
  };
  const { sources, secrets } = parseConfig(text, path, given);
  expect(sources.cxone).toMatchObject({
    clientId: "gami@tenant",
    clientSecret: "first-secret",
    accessKeySecret: "second-secret",
    loginUrl: expect.stringContaining("https://login.tenant.example"),
  });
  expect(secrets).toEqual(expect.arrayContaining(["first-secret", "second-secret"]));
});

test("a variable that is not set is one fault, named with its place, among the others", () => {
  expect(faults("organisation:\n  name: ${NAME}\n  zone: ${ZONE}\nidentity: both\n")).toBe(`${path} has 3 faults:
  organisation.name (line 2): environment variable NAME is not set, and there is no default (\${NAME:-...})
  organisation.zone (line 3): environment variable ZONE is not set, and there is no default (\${ZONE:-...})
  identity (line 4): "both" - expected one of self, mapped`);
});

test("for whoever only describes, variables need not be set, and no rule asks for what they would hold", () => {
  const sources = 'sources:\n  genesys: { region: eu_central_1, clientId: "${GC_ID}", clientSecret: "${GC_SECRET}" }\n';
  const text = `${minimal}${sources}hosts:\n  board: { kind: webhook, url: "\${HOOK_URL}", secret: "\${HOOK_SECRET}" }\n`;
  const config = parseConfig(text, path, {}, { withoutSecrets: true });
  expect(config.sources.genesys).toMatchObject({ region: "eu_central_1", clientId: "", clientSecret: "" });
  expect(faults(text)).toContain("has 4 faults");
  expect(() => parseConfig('organisation: { name: "${NAME}", zone: UTC }', path, {}, { withoutSecrets: true })).toThrow(
    "environment variable NAME is not set",
  );
});

test("values of variables named like secrets are remembered, so that the output hides them", () => {
  const config = parseConfig("organisation: { name: '${MY_API_TOKEN} of ${TEAM}', zone: UTC }", path, {
    MY_API_TOKEN: "t0p-secret",
    TEAM: "north",
  });
  expect(config.secrets).toEqual(["t0p-secret"]);
});

test("a secret is not shown, whatever is wrong with it; nor is the password of a broken address", () => {
  const hook = "hosts:\n  board:\n    kind: webhook\n    url: https://board.example/x\n    secret: 0123456789012345678901234567\n";
  expect(faults(`${minimal}${hook}`)).toContain(
    "hosts.board.secret (line 8): what stands there - expected text, in quotes where it looks like a number",
  );
  const store = 'state: { kind: postgres, postgres: { url: "${STATE_URL}" } }\n';
  const said = faults(`${minimal}${store}`, { STATE_URL: "postgresql//gami:hunter2@db/x" });
  expect(said).toContain('state.postgres.url (line 4): "postgresql//gami:***@db/x" - expected an address');
  expect(faults(`${minimal}hosts: []\n`)).toContain("hosts (line 4): [] - expected a mapping of names to values");
});

test("two stores in one file are refused", () => {
  expect(faults(`${minimal}state:\n  path: ./gami.duckdb\n`)).toContain('state.path (line 5): "./gami.duckdb" is also warehouse.path');
});

test("amounts finer than the currency's minor unit are refused", () => {
  expect(faults(`${minimal}finance:\n  currency: JPY\n  replacementCost: 10.50\n`)).toContain(
    'finance.replacementCost (line 6): "10.5" - expected at most 0 decimal places in JPY',
  );
});

test("a monthly attrition of everybody is refused: no hazard gives it", () => {
  const attrition = (share: string) => `${minimal}finance:\n  monthlyAttrition: ${share}\n`;
  expect(faults(attrition("1"))).toContain("finance.monthlyAttrition (line 5): 1 - expected a share of at least 0 and below 1");
  expect(parseConfig(attrition("0.999999"), path, {}).finance.monthlyAttritionPpm).toBe(999_999);
});

test("aliases that would explode are refused", () => {
  const layers = Array.from({ length: 12 }, (_, index) => `  - &l${index + 1} [${Array(9).fill(`*l${index}`).join(", ")}]`);
  expect(faults(`organisation:\n  - &l0 [x]\n${layers.join("\n")}\n`)).toContain("aliases cannot be resolved");
});

test("keys like __proto__ are unknown keys and change nothing", () => {
  expect(faults(`${minimal}__proto__: { identity: mapped }\n`)).toContain("is not a known key");
});

test("the config is found in a folder above, like a repository", () => {
  const deep = join(scratch, "a", "b");
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(scratch, "gami.config.yaml"), minimal);
  expect(findConfig(deep)).toBe(join(scratch, "gami.config.yaml"));
  expect(readConfig(join(scratch, "gami.config.yaml"), {}).folder).toBe(scratch);
});

test("a missing, binary or huge file and a folder are refused with a hint", () => {
  const binary = join(scratch, "binary.yaml");
  writeFileSync(binary, Buffer.from([0x89, 0x50, 0x00, 0xff]));
  const latin = join(scratch, "latin.yaml");
  writeFileSync(latin, Buffer.from([0x61, 0x3a, 0x20, 0xe4, 0x0a]));
  const huge = join(scratch, "huge.yaml");
  writeFileSync(huge, "#".repeat(1_000_001));
  for (const bad of [join(scratch, "none.yaml"), binary, latin, huge, scratch]) {
    expect(() => readConfig(bad, {})).toThrow(ConfigError);
    expect(() => readConfig(bad, {})).toThrow(bad);
  }
});

const onSnowflake = (lines: string) =>
  `${minimal}warehouse:\n  kind: snowflake\n  snowflake:\n    account: org-acc\n    user: GAMI\n${lines}`;

test("Snowflake is signed in to with a key, a token or a password from the environment, which the output hides", () => {
  const env = { SF_PRIVATE_KEY: "-----BEGIN-----", SF_TOKEN: "tok", SF_PASSWORD: "pw" };
  const read = (lines: string) => parseConfig(onSnowflake(lines), path, env);
  expect(read("    privateKey: ${SF_PRIVATE_KEY}\n").warehouse).toEqual({
    kind: "snowflake",
    account: "org-acc",
    user: "GAMI",
    auth: { kind: "key-pair", privateKey: "-----BEGIN-----", passphrase: null },
    role: null,
    virtualWarehouse: null,
    database: "GAMI",
    queryTag: "gami",
    url: null,
    statementTimeoutSeconds: 3_600,
  });
  expect(read("    privateKeyFile: keys/sf.p8\n").warehouse).toMatchObject({ auth: { kind: "key-file", path: "/project/keys/sf.p8" } });
  expect(read("    token: ${SF_TOKEN}\n").warehouse).toMatchObject({ auth: { kind: "oauth", token: "tok" } });
  expect(read("    password: ${SF_PASSWORD}\n").secrets).toContain("pw");
  expect(read("    password: in-the-file\n").secrets).toEqual(["in-the-file"]);
});

test.each(["marts.duckdb", "data/RAW.db", "meta", "staging.2026.duckdb"])(
  "a warehouse file %s is refused: a schema in it has that name",
  (path) => {
    expect(faults(`${minimal}warehouse:\n  path: ${path}\n`)).toContain(`warehouse.path (line 5): "${path}" is named like a schema in it`);
    expect(() =>
      parseConfig(`${minimal}warehouse:\n  path: my-${path.replace("data/", "")}\n`, "/project/gami.config.yaml", {}),
    ).not.toThrow();
  },
);

test("a warehouse that is chosen but not described, or signed in to in no way or two, is refused", () => {
  expect(faults(`${minimal}warehouse:\n  kind: snowflake\n`)).toContain("warehouse.snowflake (line 5): not given");
  expect(faults(onSnowflake(""))).toContain("no way to sign in - expected one of privateKey, privateKeyFile, token and password");
  expect(faults(onSnowflake("    token: a\n    password: b\n"))).toContain("token and password at once");
  expect(faults(onSnowflake("    token: a\n    virtualwarehouse: X\n"))).toContain("did you mean virtualWarehouse?");
  expect(faults(onSnowflake("    token: a\n    database: 'my-db'\n"))).toContain("needs no quotes in SQL");
});

test("BigQuery needs a project, and takes the machine's own credentials unless a key file is given", () => {
  const read = (lines: string) =>
    parseConfig(`${minimal}warehouse:\n  kind: bigquery\n  bigquery:\n    project: my-project\n${lines}`, path, {}).warehouse;
  expect(read("")).toEqual({
    kind: "bigquery",
    project: "my-project",
    location: "US",
    keyFile: null,
    url: null,
    label: "gami",
    maximumGigabytesBilled: null,
    statementTimeoutSeconds: 3_600,
  });
  expect(read("    keyFile: keys/sa.json\n    location: EU\n")).toMatchObject({ keyFile: "/project/keys/sa.json", location: "EU" });
  expect(faults(`${minimal}warehouse:\n  kind: bigquery\n`)).toContain("warehouse.bigquery (line 5): not given");
  expect(faults(`${minimal}warehouse:\n  kind: bigquery\n  bigquery: { project: My Project }\n`)).toContain("a project id");
});

test("a warehouse to move to may be described beside the one in use", () => {
  const config = parseConfig(onSnowflake("    token: a\n").replace("kind: snowflake", "kind: duckdb"), path, {});
  expect(config.warehouse.kind).toBe("duckdb");
  expect(config.warehouses.snowflake).toMatchObject({ account: "org-acc" });
});

test("a shared store is named without its password, which is a secret from then on", () => {
  const config = parseConfig(
    `${minimal}state:\n  kind: postgres\n  postgres:\n    url: postgres://gami:hunt%40r2@db.example:6432/gami\n`,
    "/project/gami.config.yaml",
    {},
  );
  expect(config.state).toEqual({
    place: "postgres://db.example:6432/gami, schema gami",
    path: "/project/gami.sqlite",
    postgres: { url: "postgres://gami:hunt%40r2@db.example:6432/gami", schema: "gami" },
  });
  expect(config.secrets).toEqual(expect.arrayContaining(["hunt%40r2", "hunt@r2"]));
});

test("a shared store without an address, or with one that is none, is a fault", () => {
  expect(faults(`${minimal}state:\n  kind: postgres\n`)).toContain("state.postgres");
  expect(faults(`${minimal}state:\n  kind: postgres\n  postgres:\n    url: mysql://db/gami\n`)).toContain("an address like postgres://");
  expect(faults(`${minimal}state:\n  kind: postgres\n  postgres:\n    url: postgres://db/gami\n    schema: 'x; drop'\n`)).toContain(
    "small letters",
  );
});
