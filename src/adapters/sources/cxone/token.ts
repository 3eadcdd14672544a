import { AuthError, SourceBrokenError } from "../../../errors.ts";
import type { GrantedToken, RequestToken } from "../../../ports/access-token.ts";
import type { PoliteClient } from "../../http/client.ts";
import { textOf } from "./json.ts";

export interface CxoneCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The access key of the service user; the guides' contract has none. */
  readonly accessKeyId?: string;
  readonly accessKeySecret?: string;
}

export interface CxoneTokenOptions {
  readonly contract: "guide" | "platform";
  /** `https://cxone.niceincontact.com`, or the guides' `https://platform.nicecxone.com`. */
  readonly loginUrl: string;
  readonly credentials: CxoneCredentials;
  /** Without a token of its own; its origins hold the login URL. */
  readonly client: Pick<PoliteClient, "send">;
}

const guideScope = "READ_REPORT READ_INTERACTION READ_USER READ_WFM";

/**
 * The vendor grants tokens for an access key as user and password; its refresh token is tried first where there is one.
 * The guides' contract asks with the client's credentials. Neither is ever the other's [T102].
 */
export function requestCxoneToken({ contract, loginUrl, credentials, client }: CxoneTokenOptions): RequestToken {
  const url = new URL(contract === "guide" ? "/oauth2/token" : "/auth/token", loginUrl);
  const ask = async (form: Readonly<Record<string, string>>) =>
    client.send({ method: "POST", url, form, headers: { authorization: basic(credentials) }, alsoFine: [400, 401] });
  const wholeGrant = contract === "guide" ? { grant_type: "client_credentials", scope: guideScope } : passwordGrant(credentials);
  return async (previous) => {
    if (previous?.refreshToken !== undefined) {
      const renewed = await ask({ grant_type: "refresh_token", refresh_token: previous.refreshToken });
      if (renewed.status === 200) return granted(renewed.body);
    }
    const answer = await ask(wholeGrant);
    if (answer.status === 200) return granted(answer.body);
    const said = textOf(answer.body, "error_description") ?? textOf(answer.body, "errorDescription") ?? textOf(answer.body, "error");
    throw new AuthError(`cxone: ${url.origin}${url.pathname} refused the credentials: ${said ?? `status ${answer.status}`}`, {
      code: "CREDENTIALS_REFUSED",
      hint: "check the client id and secret and the access key of the service user",
    });
  };
}

/** Ids hold `@` and blanks, so both parts are percent-encoded before base64, as the vendor asks. */
function basic({ clientId, clientSecret }: CxoneCredentials): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString("base64")}`;
}

/** Everything a token is granted for. */
export function secretOf({ clientSecret, accessKeyId = "", accessKeySecret = "" }: CxoneCredentials): string {
  return JSON.stringify([clientSecret, accessKeyId, accessKeySecret]);
}

function passwordGrant({ accessKeyId, accessKeySecret }: CxoneCredentials): Readonly<Record<string, string>> {
  return { grant_type: "password", username: accessKeyId ?? "", password: accessKeySecret ?? "" };
}

function granted(body: unknown): GrantedToken {
  const token = textOf(body, "access_token");
  const seconds = Number(Object.entries(body ?? {}).find(([name]) => name === "expires_in")?.[1]);
  if (token === null || !(seconds > 0)) {
    throw new SourceBrokenError("cxone: the token endpoint answered without access_token and expires_in", {
      code: "NO_TOKEN",
      hint: "check the login URL in gami.config.yaml",
    });
  }
  const refreshToken = textOf(body, "refresh_token");
  return { authorization: `Bearer ${token}`, expiresInSeconds: seconds, ...(refreshToken === null ? {} : { refreshToken }) };
}
