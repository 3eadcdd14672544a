/** The parsed configuration: paths absolute, money and shares exact integers. The untrusted shape is in schema.ts. */
export interface Config {
  /** The file it came from. */
  readonly path: string;
  /** The folder of that file: relative paths start here, and `.gami/` lies in it. */
  readonly folder: string;
  readonly organisation: {
    readonly name: string;
    /** IANA time zone. */
    readonly zone: string;
    /** `HH:MM`. */
    readonly dayStart: string;
  };
  /** The one in use. */
  readonly warehouse: WarehouseConfig;
  readonly warehouses: Warehouses;
  readonly state: {
    /** For messages: where it is, without user and password. */
    readonly place: string;
    /** The SQLite file, whichever kind is in use. */
    readonly path: string;
    /** Null: the SQLite file. */
    readonly postgres: { readonly url: string; readonly schema: string } | null;
  };
  readonly archive: { readonly path: string };
  readonly reports: { readonly path: string };
  readonly dbt: {
    readonly runner: "auto" | "venv" | "docker" | "path";
    readonly projectDir: string | null;
    readonly target: string | null;
    readonly python: string | null;
    readonly engine: "docker" | "podman" | null;
    readonly image: string | null;
  };
  readonly key: { readonly file: string };
  readonly identity: "self" | "mapped";
  readonly import: { readonly maxRejectPpm: number };
  /** A platform that is not configured is null. */
  readonly sources: { readonly genesys: GenesysConfig | null; readonly cxone: CxoneConfig | null };
  /** Where recognition is told, in the order of the file. */
  readonly hosts: readonly HostConfig[];
  readonly recognition: { readonly noticeDays: number };
  readonly milestones: {
    /** Files, and folders of files. */
    readonly places: readonly string[];
    /** False for the folder that is looked in when the config names none: it need not be there. */
    readonly isNamed: boolean;
  };
  readonly finance: {
    readonly currency: string;
    readonly loadedRateMinorPerHour: bigint | null;
    readonly realisationPpm: number;
    readonly replacementCostMinor: bigint | null;
    readonly minorPerQualityPoint: bigint | null;
    readonly monthlyAttritionPpm: number | null;
  };
  readonly risk: {
    readonly engagementThresholdPpm: number;
    readonly engagementTriggerPpm: number;
    readonly riskCostThresholdPpm: number;
    readonly hazardRatioMilli: number;
  };
  readonly boosts: {
    readonly multiplierMilli: number;
    readonly mostMultiplierMilli: number;
    readonly days: number;
    readonly cooldownDays: number;
  };
  readonly lifecycle: {
    readonly halfLifeDays: number;
    readonly windowDays: number;
    readonly weightsPpm: Readonly<Record<"active" | "paused" | "expired" | "retired", number>>;
  };
  readonly programme: {
    /** `YYYY-MM-DD`. */
    readonly announcedOn: string | null;
    readonly allocation: "random" | "operational" | "performance" | null;
    readonly holdoutSharePpm: number | null;
  };
  /** Values that came from environment variables with secret-like names: never to be printed. */
  readonly secrets: readonly string[];
}

export interface DuckDbWarehouseConfig {
  readonly kind: "duckdb";
  readonly path: string;
  /** As DuckDB writes sizes: `2GB`. */
  readonly memoryLimit: string | null;
  readonly threads: number | null;
  readonly lockWaitSeconds: number;
}

export interface SnowflakeWarehouseConfig {
  readonly kind: "snowflake";
  readonly account: string;
  readonly user: string;
  readonly auth:
    | { readonly kind: "key-pair"; readonly privateKey: string; readonly passphrase: string | null }
    | { readonly kind: "key-file"; readonly path: string; readonly passphrase: string | null }
    | { readonly kind: "oauth"; readonly token: string }
    | { readonly kind: "password"; readonly password: string };
  readonly role: string | null;
  readonly virtualWarehouse: string | null;
  readonly database: string;
  readonly queryTag: string;
  readonly url: string | null;
  readonly statementTimeoutSeconds: number;
}

export interface BigQueryWarehouseConfig {
  readonly kind: "bigquery";
  readonly project: string;
  readonly location: string;
  /** Null: Application Default Credentials. */
  readonly keyFile: string | null;
  readonly url: string | null;
  readonly label: string;
  readonly maximumGigabytesBilled: number | null;
  readonly statementTimeoutSeconds: number;
}

export type WarehouseConfig = DuckDbWarehouseConfig | SnowflakeWarehouseConfig | BigQueryWarehouseConfig;
export type WarehouseKindName = WarehouseConfig["kind"];

/** One that is not described is null. */
export interface Warehouses {
  readonly duckdb: DuckDbWarehouseConfig;
  readonly snowflake: SnowflakeWarehouseConfig | null;
  readonly bigquery: BigQueryWarehouseConfig | null;
}

export interface GenesysConfig {
  readonly contract: "guide" | "platform";
  readonly region: string | null;
  readonly baseUrl: string | null;
  readonly loginUrl: string | null;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly requestsPerMinute: number;
  readonly inFlight: number;
  readonly lagMinutes: number;
  readonly jobPollMs: number;
  readonly lateEvaluations: "search" | "backfill";
  readonly agentZones: "workforce" | "organisation";
  readonly personalData: "hmac" | "drop";
}

/** An address that is not given is discovered with the token. */
export interface CxoneConfig {
  readonly contract: "guide" | "platform";
  readonly baseUrl?: string | undefined;
  readonly loginUrl?: string | undefined;
  readonly businessUnitId?: string | undefined;
  readonly apiVersion: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Which fields of the tenant's surveys hold what; surveys are not read without it. */
  readonly feedback?:
    | {
        readonly id: string;
        readonly interaction: string;
        readonly agent: string;
        readonly score: string;
        readonly answeredAt: string;
        readonly scaleMin: number;
        readonly scaleMax: number;
      }
    | undefined;
  readonly requestsPerMinute: number;
  readonly inFlight: number;
  readonly lagMinutes: number;
  readonly jobPollMs: number;
  readonly personalData: "hmac" | "drop";
}

export type MessageKind = "award" | "revocation" | "flair" | "adjustment" | "points";

interface HostLimits {
  readonly name: string;
  readonly tells: readonly MessageKind[];
  /** Minutes after midnight in the organisation's zone. */
  readonly publication: { readonly zone: string; readonly fromMinute: number; readonly toMinute: number } | null;
  /** Null: no limit. */
  readonly requestsPerMinute: number | null;
  readonly inFlight: number;
  readonly timeoutSeconds: number;
}

export interface GenesysHostConfig extends HostLimits {
  readonly kind: "genesys";
  readonly badges: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, string>>;
  readonly schemaId: string | null;
  readonly schemaVersion: number | null;
}

export interface CxoneHostConfig extends HostLimits {
  readonly kind: "cxone";
  readonly field: string;
}

export interface WebhookHostConfig extends HostLimits {
  readonly kind: "webhook";
  readonly url: string;
  /** The one in use first. */
  readonly secrets: readonly [string, ...string[]];
}

export interface CsvHostConfig extends HostLimits {
  readonly kind: "csv";
  readonly path: string;
}

export type HostConfig = GenesysHostConfig | CxoneHostConfig | WebhookHostConfig | CsvHostConfig;
