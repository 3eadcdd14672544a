import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { KeyPurpose } from "./adapters/keys/master-key.ts";
import { thisMachine } from "./adapters/machine/machine.ts";
import { openProjectFolder } from "./adapters/project/folder.ts";
import type { Config, WarehouseConfig, WarehouseKindName } from "./config/config.ts";
import { ConfigError } from "./errors.ts";
import { packageRoot } from "./package-root.ts";
import type { SecretBox } from "./ports/access-token.ts";
import type { Archive } from "./ports/archive.ts";
import type { Clock } from "./ports/clock.ts";
import type { Dbt } from "./ports/dbt.ts";
import type { FileSource } from "./ports/file-source.ts";
import type { Machine } from "./ports/machine.ts";
import type { OpenHost } from "./ports/open-host.ts";
import type { OpenPlatform } from "./ports/open-platform.ts";
import type { Output } from "./ports/output.ts";
import type { OutputFolder, OutputFolderOptions } from "./ports/output-folder.ts";
import type { ProjectFolder } from "./ports/project-folder.ts";
import type { ReportRenderer } from "./ports/report-renderer.ts";
import type { OpenSimulator } from "./ports/simulator.ts";
import type { LedgerArchive, StateBackups, StateRestore } from "./ports/state-keeper.ts";
import type { StateStore } from "./ports/state-store.ts";
import type { OpenTableFile } from "./ports/table-file.ts";
import type { Warehouse } from "./ports/warehouse.ts";

/**
 * What a use case may ask for. Everything is opened on first use and closed in reverse order by `close()`,
 * so a command pays only for what it touches.
 */
export interface Deps {
  /** @throws ConfigError when there is no config, or it has faults. */
  readonly config: Config;
  readonly clock: Clock;
  readonly output: Output;
  /** Names this run everywhere: operational store, logs, leases. Sorts by time. */
  readonly runId: string;
  /** gami's own version. */
  readonly version: string;
  /** Columns of the terminal that shows the result; null where it goes to a file or a pipe. */
  readonly width: number | null;
  readonly project: ProjectPlace;
  readonly machine: Machine;
  warehouse(): Promise<Warehouse>;
  /** One that the config describes beside the one in use. @throws ConfigError when it does not. */
  otherWarehouse(kind: WarehouseKindName): Promise<Warehouse>;
  archive(): Promise<Archive>;
  state(): Promise<StateStore>;
  /** What was decided, kept beside the batches. */
  ledgerArchive(): Promise<LedgerArchive>;
  stateBackups(): Promise<StateBackups>;
  /** Begins a store beside the one in use, which nobody needs to be able to open. */
  beginStateRestore(): Promise<StateRestore>;
  dbt(): Promise<Dbt>;
  /** Files that are a source: read by a mapping, loaded as records. */
  fileSource(): Promise<FileSource>;
  /** Opens a CSV file that is no source: a panel, a list. */
  readonly openTable: OpenTableFile;
  /** A folder for files a command makes. The caller closes it. @throws UsageError when it holds somebody else's files. */
  outputFolder(options: OutputFolderOptions): Promise<OutputFolder>;
  /** A key derived from the project's master key. @throws ConfigError when there is no master key. */
  key(purpose: KeyPurpose): Promise<Buffer>;
  /** The file of the master key; null when it stands in GAMI_KEY. */
  keyPath(): Promise<string | null>;
  /** Encrypts access tokens for the operational store. */
  tokenBox(): Promise<SecretBox>;
  /** A platform as configured; nobody calls it yet. @throws ConfigError when it is not configured. */
  openPlatform: OpenPlatform;
  /** A place recognition is told, as configured; nobody calls it yet. The caller closes it. @throws ConfigError when it is not configured. */
  openHost: OpenHost;
  /** Turns an ROI report into text, page or file. */
  reportRenderer(): Promise<ReportRenderer>;
  /** Opens the simulated platforms. The caller closes them. */
  simulator(): Promise<OpenSimulator>;
  close(): Promise<void>;
}

/** Where `gami init` writes. */
export interface ProjectPlace {
  readonly folder: ProjectFolder;
  /** `gami.config.yaml`, or the name given with --config. */
  readonly configName: string;
  readonly newMasterKey: () => Promise<string>;
  /** The JSON Schema of the config. */
  readonly configSchema: () => string;
}

export interface DepsOptions {
  readonly version: string;
  readonly width: number | null;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly output: Output;
  /** The path given with --config. */
  readonly configPath: string | undefined;
  /** Whether to wait for a held warehouse as the config says, or not at all. */
  readonly isImpatient?: boolean;
  /** For a command that calls nobody: secrets may be missing, and pseudonyms would be of no use. */
  readonly withoutSecrets?: boolean;
  /** Told the secret values of the config as soon as it is read, so that they are redacted from then on. */
  readonly onSecrets: (secrets: readonly string[]) => void;
}

/** Reads the config at once; its faults are thrown by whoever asks for it first, so that `doctor` and `init` can go on without one. */
export async function openDeps({
  version,
  width,
  cwd,
  env,
  clock,
  output,
  configPath,
  isImpatient,
  withoutSecrets = false,
  onSecrets,
}: DepsOptions): Promise<Deps> {
  const readConfig = await configReader({ cwd, env, configPath, withoutSecrets, onSecrets });
  const closers: (() => Promise<void>)[] = [];
  const once = <T>(open: () => Promise<T>, close?: (opened: T) => Promise<void>) => {
    let opened: Promise<T> | undefined;
    return () => {
      if (opened === undefined) {
        const opening = open();
        opened = opening;
        // A store that could not be opened has nothing to close, and its error was already thrown.
        if (close !== undefined) closers.push(() => opening.then(close, () => undefined));
      }
      return opened;
    };
  };
  let runId: string | undefined;
  const deps: Deps = {
    get config() {
      return readConfig();
    },
    clock,
    output,
    get runId() {
      runId ??= newRunId(clock);
      return runId;
    },
    version,
    width,
    machine: thisMachine,
    project: projectPlace(resolve(cwd, configPath ?? "gami.config.yaml")),
    warehouse: once(
      async () => {
        const { warehouse } = deps.config;
        return openWarehouse(warehouse, { isImpatient: isImpatient === true, onWait: (text) => output.note(text) });
      },
      (warehouse) => warehouse.close(),
    ),
    async otherWarehouse(kind) {
      const described = deps.config.warehouses[kind];
      if (described === null) {
        throw new ConfigError(`the config says nothing of a warehouse on ${kind}`, {
          code: "WAREHOUSE_NOT_DESCRIBED",
          hint: `describe it under warehouse.${kind} in gami.config.yaml (docs/warehouses.md)`,
        });
      }
      const opened = await openWarehouse(described, { isImpatient: isImpatient === true, onWait: (text) => output.note(text) });
      closers.push(() => opened.close());
      return opened;
    },
    archive: once(
      async () => {
        // Who asks for it packs or reads batches.
        (await import("./adapters/machine/young-generation.ts")).limitYoungGeneration();
        return (await import("./adapters/archive/parquet/archive.ts")).openParquetArchive({ path: deps.config.archive.path });
      },
      (archive) => archive.close(),
    ),
    state: once(
      async () => {
        const { path, postgres } = deps.config.state;
        if (postgres !== null) return (await import("./adapters/state/postgres/store.ts")).openPostgresStore({ ...postgres, clock });
        return (await import("./adapters/state/sqlite/store.ts")).openSqliteStore({ path, clock });
      },
      (store) => store.close(),
    ),
    ledgerArchive: once(async () =>
      (await import("./adapters/archive/ledger/segments.ts")).openLedgerArchive({ path: deps.config.archive.path }),
    ),
    stateBackups: once(async () => (await import("./adapters/state/backups.ts")).stateBackups),
    async beginStateRestore() {
      const { path, postgres } = deps.config.state;
      if (postgres !== null) return (await import("./adapters/state/postgres/restore.ts")).beginPostgresRestore({ ...postgres, clock });
      return (await import("./adapters/state/sqlite/restore.ts")).beginSqliteRestore({ path, clock });
    },
    dbt: once(async () => {
      const { chooseDbt } = await import("./adapters/dbt/choose.ts");
      return chooseDbt(await dbtConfig(deps.config, env), (text) => output.note(text));
    }),
    fileSource: once(async () => {
      const { createCsvSource } = await import("./adapters/sources/csv/csv-source.ts");
      return createCsvSource({
        mappingsFolder: () => join(deps.config.folder, ".gami", "mappings"),
        pseudonymKey: () => deps.key("pseudonym"),
      });
    }),
    async outputFolder(options) {
      return (await import("./adapters/files/output-folder.ts")).openOutputFolder(options);
    },
    openTable: async (path) => (await import("./adapters/files/csv-table.ts")).openCsvTable(path),
    async key(purpose) {
      const { deriveKey, readMasterKey } = await keys();
      return deriveKey(readMasterKey({ env, file: deps.config.key.file }), purpose);
    },
    tokenBox: once(async () => (await import("./adapters/keys/seal.ts")).sealWith(await deps.key("token"))),
    async openPlatform(name, needs) {
      const { openPlatform } = await import("./adapters/sources/open-platform.ts");
      const pseudonymKey = withoutSecrets ? Buffer.from(crypto.getRandomValues(new Uint8Array(32))) : await deps.key("pseudonym");
      return openPlatform(name, { ...needs, sources: deps.config.sources, now: clock.now, pseudonymKey });
    },
    async openHost(name, needs) {
      const { openHost } = await import("./adapters/hosts/open-host.ts");
      const { hosts, sources } = deps.config;
      return openHost(hosts, name, { ...needs, sources, now: clock.now, random: Math.random });
    },
    keyPath: async () => (await keys()).keyFilePath({ env, file: deps.config.key.file }),
    simulator: async () => (await import("./adapters/simulator/server.ts")).openSimulator,
    reportRenderer: once(async () => (await import("./adapters/report/renderer.ts")).reportRenderer),
    async close() {
      for (const close of closers.splice(0).reverse()) {
        await close().catch((error: unknown) => output.warn(`closing failed: ${error instanceof Error ? error.message : String(error)}`));
      }
    },
  };
  return deps;
}

/** Loaded on first use: cryptography costs 8 ms of every start. */
const keys = () => import("./adapters/keys/master-key.ts");

function projectPlace(configPath: string): ProjectPlace {
  return {
    folder: openProjectFolder(dirname(configPath)),
    configName: basename(configPath),
    newMasterKey: async () => (await keys()).newMasterKey(),
    configSchema: () => readFileSync(join(packageRoot(), "schema", "config.schema.json"), "utf8"),
  };
}

/** `20260321-084512-3fa9c1`: the time is for people, the rest keeps two runs of one second apart. */
function newRunId(clock: Clock): string {
  const stamp = new Date(clock.now()).toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return `${stamp}-${crypto.randomUUID().slice(-6)}`;
}

/** Who this process is, for leases and for telling a running run from a lost one. */
export function processIdentity(): { readonly host: string; readonly pid: number } {
  return { host: hostname(), pid: process.pid };
}

async function configReader({
  cwd,
  env,
  configPath,
  withoutSecrets = false,
  onSecrets,
}: Pick<DepsOptions, "cwd" | "env" | "configPath" | "withoutSecrets" | "onSecrets">): Promise<() => Config> {
  const { findConfig, readConfig } = await import("./config/parse.ts");
  let config: Config | undefined;
  return () => {
    const path = configPath ?? findConfig(cwd);
    if (path === null) {
      throw new ConfigError(`no gami.config.yaml here: looked in ${cwd} and every folder above it`, {
        code: "CONFIG_MISSING",
        hint: "run 'gami init' to write one, or give its path with --config",
      });
    }
    if (config === undefined) {
      config = readConfig(path, env, { withoutSecrets });
      onSecrets(config.secrets);
    }
    return config;
  };
}

async function openWarehouse(
  config: WarehouseConfig,
  { isImpatient, onWait }: { readonly isImpatient: boolean; readonly onWait: (text: string) => void },
): Promise<Warehouse> {
  switch (config.kind) {
    case "duckdb": {
      const { openDuckDbWarehouse } = await import("./adapters/warehouses/duckdb/warehouse.ts");
      return openDuckDbWarehouse({ ...config, lockWaitSeconds: isImpatient ? 0 : config.lockWaitSeconds, onWait });
    }
    case "snowflake":
      return (await import("./adapters/warehouses/snowflake/warehouse.ts")).openSnowflakeWarehouse(config);
    case "bigquery":
      return (await import("./adapters/warehouses/bigquery/warehouse.ts")).openBigQueryWarehouse(config);
  }
}

async function dbtConfig(config: Config, env: DepsOptions["env"]) {
  const { dbt, folder, warehouse } = config;
  const root = packageRoot();
  return {
    runner: dbt.runner,
    projectFolder: dbt.projectDir ?? join(root, "dbt"),
    gamiFolder: join(folder, ".gami"),
    environmentHomes: [join(root, ".gami")],
    requirements: join(root, "requirements", `dbt-${warehouse.kind}.txt`),
    program: env.GAMI_DBT ?? null,
    target: dbt.target ?? (warehouse.kind === "duckdb" ? null : warehouse.kind),
    python: dbt.python,
    engine: dbt.engine,
    image: dbt.image ?? `gami-dbt:${warehouse.kind}`,
    adapter: warehouse.kind,
    environment: await dbtProfile(warehouse),
  };
}

/** What the profile reads from dbt's environment. */
async function dbtProfile(warehouse: WarehouseConfig): Promise<Readonly<Record<string, string>>> {
  switch (warehouse.kind) {
    case "duckdb":
      return {
        GAMI_DUCKDB: warehouse.path,
        ...(warehouse.memoryLimit === null ? {} : { GAMI_DUCKDB_MEMORY: warehouse.memoryLimit }),
        ...(warehouse.threads === null ? {} : { GAMI_DBT_THREADS: String(warehouse.threads) }),
      };
    case "snowflake":
      return (await import("./adapters/warehouses/snowflake/dbt-profile.ts")).snowflakeProfile(warehouse);
    case "bigquery":
      return (await import("./adapters/warehouses/bigquery/dbt-profile.ts")).bigqueryProfile(warehouse);
  }
}
