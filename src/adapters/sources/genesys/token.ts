import * as z from "zod";
import { AuthError, SourceBrokenError } from "../../../errors.ts";
import type { GrantedToken, RequestToken } from "../../../ports/access-token.ts";
import type { PoliteClient } from "../../http/client.ts";

const grant = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).optional(),
});
const refusal = z.object({ error: z.string() });

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * The client credentials grant. The vendor's comes without a refresh token, so that a new one is asked for each time; the
 * guides' comes with one, which is tried first [T102].
 */
export function requestToken(client: PoliteClient, login: URL, contract: "guide" | "platform", credentials: Credentials): RequestToken {
  const url = new URL(contract === "guide" ? "/oauth2/token" : "/oauth/token", login);
  const { clientId, clientSecret } = credentials;
  const ask = (form: Readonly<Record<string, string>>) =>
    client.send({
      method: "POST",
      url,
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}` },
      form,
      alsoFine: [400, 401],
    });
  return async (previous) => {
    if (clientId === "" || clientSecret === "") {
      throw new AuthError("genesys: sources.genesys.clientId or clientSecret is empty: expected the credentials of an OAuth client", {
        code: "CREDENTIALS_MISSING",
        hint: "set the environment variables that gami.config.yaml names for them",
      });
    }
    if (contract === "guide" && previous?.refreshToken !== undefined) {
      const renewed = grant.safeParse((await ask({ grant_type: "refresh_token", refresh_token: previous.refreshToken })).body);
      if (renewed.success) return granted(renewed.data);
    }
    const { status, body } = await ask({ grant_type: "client_credentials" });
    const answer = grant.safeParse(body);
    if (answer.success) return granted(answer.data);
    const refused = refusal.safeParse(body);
    if (status >= 400 || refused.success) {
      throw new AuthError(`genesys: ${login.origin} refused the client credentials (${refused.data?.error ?? status})`, {
        code: "CREDENTIALS_REFUSED",
        hint: "check sources.genesys.clientId and clientSecret, and that the OAuth client has the grant type Client Credentials",
      });
    }
    throw new SourceBrokenError(`genesys: ${login.origin} answered ${status} without an access token`, {
      code: "TOKEN_UNUSABLE",
      hint: "check sources.genesys.loginUrl and the network",
    });
  };
}

function granted({ access_token, expires_in, refresh_token }: z.output<typeof grant>): GrantedToken {
  return {
    authorization: `Bearer ${access_token}`,
    expiresInSeconds: expires_in,
    ...(refresh_token === undefined ? {} : { refreshToken: refresh_token }),
  };
}
