/** What a platform's token endpoint grants. */
export interface GrantedToken {
  /** The whole value of the Authorization header. */
  readonly authorization: string;
  readonly expiresInSeconds: number;
  /** For grants that come with one. */
  readonly refreshToken?: string;
}

/** Gives the value of the Authorization header. */
export interface TokenSource {
  current(): Promise<string>;
  /** After a 401: never gives the refused one again. */
  renew(refused: string): Promise<string>;
}

/** Who a token is for. */
export interface TokenClient {
  /** One token for one client of a platform: `genesys:<host>:<client id>`. */
  readonly name: string;
  /** What it proves itself with: a token that was granted to another secret is not used. */
  readonly secret: string;
}

/** Calls the platform's token endpoint. `previous` carries the refresh token of the grant before, where there was one. */
export type RequestToken = (previous: GrantedToken | null) => Promise<GrantedToken>;

/** One token of a client for all processes, and how to ask for a new one. */
export type ShareToken = (client: TokenClient, request: RequestToken) => TokenSource;

export interface SecretBox {
  close(plain: string, place: string): string;
  open(sealed: string, place: string): string | null;
}
