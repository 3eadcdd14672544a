import * as z from "zod";
import { AuthError, SourceBrokenError } from "../../../errors.ts";
import type { RequestToken } from "../../../ports/access-token.ts";
import type { PoliteClient } from "../../http/client.ts";

const grant = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });
const refusal = z.object({ error: z.string() });

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The client credentials grant: it comes without a refresh token, so that a new one is asked for each time [T102]. */
export function requestToken(client: PoliteClient, login: URL, { clientId, clientSecret }: Credentials): RequestToken {
  return async () => {
    if (clientId === "" || clientSecret === "") {
      throw new AuthError("genesys: sources.genesys.clientId or clientSecret is empty: expected the credentials of an OAuth client", {
        code: "CREDENTIALS_MISSING",
        hint: "set the environment variables that gami.config.yaml names for them",
      });
    }
    const { status, body } = await client.send({
      method: "POST",
      url: new URL("/oauth/token", login),
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}` },
      form: { grant_type: "client_credentials" },
      alsoFine: [400, 401],
    });
    const granted = grant.safeParse(body);
    if (granted.success) return { authorization: `Bearer ${granted.data.access_token}`, expiresInSeconds: granted.data.expires_in };
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
