import type { Config, WarehouseConfig } from "../../config/config.ts";
import { counted } from "../../domain/counted.ts";
import { GamiError } from "../../errors.ts";
import { type ExitCode, exitCodeOf } from "../../exit-codes.ts";
import type { Dbt } from "../../ports/dbt.ts";
import type { MessageState } from "../../ports/decision-store.ts";
import type { Machine } from "../../ports/machine.ts";
import type { StateStore } from "../../ports/state-store.ts";
import type { Warehouse } from "../../ports/warehouse.ts";

/** What one check found, and the one thing to do about it. */
export interface Check {
  readonly name: string;
  readonly state: "ok" | "warn" | "fail";
  readonly detail: string;
  /** One action, as a command where possible; null when all is well. */
  readonly action: string | null;
  /** What a failed check means to a scheduler. */
  readonly exitCode: ExitCode;
}

export interface CheckDeps {
  readonly machine: Machine;
  /** @throws ConfigError when there is none, or it has faults. */
  readonly readConfig: () => Config;
  /** Where the key is read from; null when it stands in the environment. */
  readonly keyPath: () => Promise<string | null>;
  /** @throws ConfigError when the key is missing or unusable. */
  readonly readKey: () => Promise<unknown>;
  readonly state: () => Promise<StateStore>;
  readonly warehouse: () => Promise<Warehouse>;
  /** Confirmed batches in the archive, by which a lost warehouse is told from a new one. */
  readonly archivedBatches: () => Promise<number>;
  readonly dbt: () => Promise<Dbt>;
}

const gigabyte = 1_000_000_000;
const oldestNode = 24;

/** Checks everything a run needs, in the order in which to mend it. Never throws for what it finds. */
export async function checkProject(deps: CheckDeps): Promise<Check[]> {
  const { machine } = deps;
  const config = await attempt("config", async () => {
    const found = deps.readConfig();
    return { value: found, detail: found.path };
  });
  const machineChecks = [checkNode(machine), checkTimeZones(machine)];
  if (config.value === null) return [...machineChecks, config.check];
  const { value } = config;
  const archived = await attempt("archive", async () => ({ value: await deps.archivedBatches(), detail: value.archive.path }));
  return [
    ...machineChecks,
    config.check,
    await checkKey(deps),
    ...(await checkState(deps, value)),
    await checkWarehouse(deps, value, archived.value),
    archived.check.state === "fail" ? archived.check : await checkFolder(machine, "archive", value.archive.path),
    await checkFolder(machine, "reports", value.reports.path),
    await checkDisk(machine, value),
    await checkDbt(deps),
  ];
}

function checkNode({ nodeVersion }: Machine): Check {
  if (Number(nodeVersion.split(".", 1)[0]) >= oldestNode) return passed("node", nodeVersion);
  return failed(
    "node",
    `${nodeVersion} - expected ${oldestNode} or newer`,
    `install Node ${oldestNode}, or run 'npm run setup' in the checkout`,
    2,
  );
}

/** Local days depend on these rules; a Node built without them knows only UTC. */
function checkTimeZones({ timeZoneVersion }: Machine): Check {
  const winter = new Intl.DateTimeFormat("en", { timeZone: "Europe/Berlin", hour: "2-digit", hourCycle: "h23" }).format(
    Date.UTC(2024, 0, 1),
  );
  if (winter === "01") return passed("time zones", `IANA ${timeZoneVersion}`);
  return failed("time zones", "this Node has no time zone rules", "install a Node with full ICU data", 6);
}

async function checkKey(deps: CheckDeps): Promise<Check> {
  const path = await deps.keyPath();
  const key = await attempt("key", async () => ({ value: await deps.readKey(), detail: path ?? "in GAMI_KEY" }));
  if (key.check.state !== "ok" || path === null) return key.check;
  const { mode } = await deps.machine.inspect(path);
  if (mode === null || (mode & 0o077) === 0) return key.check;
  return warn("key", `${path} can be read by other users (mode ${mode.toString(8)})`, `run 'chmod 600 ${path}'`);
}

async function checkState(deps: CheckDeps, config: Config): Promise<Check[]> {
  const { place, path, postgres } = config.state;
  if (postgres === null) {
    const { kind, isWritable } = await deps.machine.inspect(path);
    if (!isWritable) return [notWritable("operational store", path)];
    if (kind === "missing") return [passed("operational store", `${path} is made by the first run`)];
  }
  const store = await attempt("operational store", async () => {
    const version = await (await deps.state()).schemaVersion();
    return { value: version, detail: `${place}, version ${version}` };
  });
  if (store.value === null || config.hosts.length === 0) return [store.check];
  return [store.check, await checkOutbox(await deps.state(), config)];
}

/** What only a person can send on its way again. */
async function checkOutbox({ decisions }: StateStore, { hosts }: Config): Promise<Check> {
  const counts = await decisions.outbox.counts();
  const inState = (...states: readonly MessageState[]) =>
    counts.filter(({ state }) => states.includes(state)).reduce((sum, { messages }) => sum + messages, 0);
  const waiting = inState("pending", "in_flight");
  const [held, dead] = [inState("held"), inState("dead")];
  const forgotten = counts.find(({ host, state }) => state === "pending" && hosts.every(({ name }) => name !== host));
  const detail = `${waiting} messages to be told, ${held} held, ${dead} dead`;
  if (forgotten !== undefined)
    return warn(
      "outbox",
      `${detail}; some wait for the host ${forgotten.host}, which the config does not name`,
      `add hosts.${forgotten.host} to the config`,
    );
  if (held + dead === 0) return passed("outbox", detail);
  return warn(
    "outbox",
    detail,
    `run 'gami outbox list --state ${dead > 0 ? "dead" : "held"}', mend what it says, then 'gami outbox replay --all --apply'`,
  );
}

async function checkWarehouse(deps: CheckDeps, config: Config, archived: number | null): Promise<Check> {
  const place = placeOf(config.warehouse);
  if (config.warehouse.kind === "duckdb") {
    const { kind, isWritable } = await deps.machine.inspect(place);
    if (!isWritable) return notWritable("warehouse", place);
    if (kind === "missing")
      return archived ? behindArchive(`${place} is missing`, archived) : passed("warehouse", `${place} is made by the first import`);
  }
  const { value, check } = await attempt("warehouse", async () => {
    const batches = await (await deps.warehouse()).batches();
    return { value: batches, detail: `${place}, ${counted(batches.length, "batch", "batches")}` };
  });
  const loaded = value?.filter(({ archivePath }) => archivePath !== null).length;
  if (loaded === undefined || archived === null || archived <= loaded) return check;
  return behindArchive(`${place} holds ${loaded} batches of records`, archived);
}

function placeOf(warehouse: WarehouseConfig): string {
  switch (warehouse.kind) {
    case "duckdb":
      return warehouse.path;
    case "snowflake":
      return `database ${warehouse.database} of Snowflake account ${warehouse.account}`;
    case "bigquery":
      return `BigQuery project ${warehouse.project} in ${warehouse.location}`;
  }
}

function behindArchive(what: string, archived: number): Check {
  return failed("warehouse", `${what}, and the archive holds ${archived}`, "run 'gami warehouse rebuild'", 6);
}

async function checkFolder(machine: Machine, name: string, path: string): Promise<Check> {
  const { kind, isWritable } = await machine.inspect(path);
  if (kind === "file")
    return failed(name, `${path} is a file - expected a folder`, `move it away, or change ${name}.path in the config`, 2);
  if (!isWritable) return notWritable(name, path);
  return passed(name, kind === "missing" ? `${path} is made on first use` : path);
}

function notWritable(name: string, path: string): Check {
  return failed(name, `${path} is not writable`, "make it and its folder writable for this user", 6);
}

async function checkDisk(machine: Machine, config: Config): Promise<Check> {
  const { freeBytes } = await machine.inspect(config.archive.path);
  const free = `${(freeBytes / gigabyte).toFixed(1)} GB free`;
  const action = "free space on the disk of the warehouse and the archive";
  if (freeBytes < gigabyte / 10) return failed("disk", free, action, 6);
  return freeBytes < gigabyte ? warn("disk", free, action) : passed("disk", free);
}

async function checkDbt(deps: CheckDeps): Promise<Check> {
  const { value, check } = await attempt("dbt", async () => {
    const found = await (await deps.dbt()).describe();
    return { value: found, detail: `${found.version} (${found.runner})` };
  });
  if (value === null || value.version !== null) return check;
  if (value.runner === "venv")
    return warn("dbt", "not installed yet", "nothing: the first 'gami dbt build' installs it (needs the network)");
  return failed("dbt", `no dbt found (${value.runner})`, "install dbt-core and dbt-duckdb, or set dbt.runner to 'auto' in the config", 2);
}

/** Runs a check that may throw: GamiErrors become its words, anything else is a bug and goes on up. */
async function attempt<T>(
  name: string,
  work: () => Promise<{ readonly value: T; readonly detail: string }>,
): Promise<{ readonly value: T | null; readonly check: Check }> {
  try {
    const { value, detail } = await work();
    return { value, check: passed(name, detail) };
  } catch (error) {
    if (!(error instanceof GamiError)) throw error;
    return { value: null, check: failed(name, error.message, error.hint ?? "run the command again with --verbose", exitCodeOf(error)) };
  }
}

export function passed(name: string, detail: string): Check {
  return { name, state: "ok", detail, action: null, exitCode: 0 };
}
function warn(name: string, detail: string, action: string): Check {
  return { name, state: "warn", detail, action, exitCode: 0 };
}
export function failed(name: string, detail: string, action: string, exitCode: ExitCode): Check {
  return { name, state: "fail", detail, action, exitCode };
}
