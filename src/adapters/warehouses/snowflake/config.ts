/** How gami signs in: what is secret comes from the environment. */
export type SnowflakeAuth =
  /** The private key as PEM text. */
  | { readonly kind: "key-pair"; readonly privateKey: string; readonly passphrase: string | null }
  | { readonly kind: "key-file"; readonly path: string; readonly passphrase: string | null }
  | { readonly kind: "oauth"; readonly token: string }
  | { readonly kind: "password"; readonly password: string };

export interface SnowflakeConfig {
  /** `orgname-accountname` */
  readonly account: string;
  readonly user: string;
  readonly auth: SnowflakeAuth;
  /** Null: the user's own. */
  readonly role: string | null;
  /** The virtual warehouse that computes; null: the user's own. It may be suspended: the first statement resumes it. */
  readonly virtualWarehouse: string | null;
  /** It must exist; gami makes its schemas. */
  readonly database: string;
  /** Stands in the query history beside everything gami runs. */
  readonly queryTag: string;
  /** Another address than the account's, for a private link or an emulator. */
  readonly url: string | null;
  readonly statementTimeoutSeconds: number;
}
