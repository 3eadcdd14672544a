export interface PostgresConfig {
  /** `postgres://user:password@host:5432/database`; a password may also come from PGPASSWORD or ~/.pgpass. */
  readonly url: string;
  /** All of gami's tables lie in it. */
  readonly schema: string;
  /** How long a database that is away is waited for. */
  readonly patienceMs?: number;
}
