export interface BigQueryConfig {
  /** Holds the datasets and runs the jobs. */
  readonly project: string;
  /** Where the datasets lie: `EU`, `europe-west3`. */
  readonly location: string;
  /** A service account's key file; null: Application Default Credentials. */
  readonly keyFile: string | null;
  /** Another address than Google's. Over plain http, which means an emulator, no credentials are sent. */
  readonly url: string | null;
  /** The label `application` of every job. */
  readonly label: string;
  readonly maximumGigabytesBilled: number | null;
  readonly statementTimeoutSeconds: number;
}
