import { type Asked, json, type Reply, type Route, textField } from "./exchange.ts";
import { basicCredentials } from "./genesys-auth.ts";
import type { SimulatorState } from "./state.ts";
import { credentials } from "./tokens.ts";

/**
 * `/oauth2/token` as the guides describe it, for both platforms: the scope READ_INTERACTION says CXone. Client id and
 * secret come by Basic or in the form; a refresh token is granted and accepted.
 */
export function guideAuth(state: SimulatorState): Route[] {
  return [{ method: "POST", path: "/oauth2/token", platform: null, answer: (asked) => grant(state, asked) }];
}

function grant({ tokens }: SimulatorState, asked: Asked): Reply {
  const { body } = asked;
  const isCxone = /READ_/.test(textField(body, "scope") ?? "") || isRefreshOf("cxone", body);
  const platform = isCxone ? "cxone" : "genesys";
  const kind = textField(body, "grant_type");
  const sent = basicCredentials(asked) ?? { id: textField(body, "client_id") ?? "", secret: textField(body, "client_secret") ?? "" };
  const known = credentials[platform];
  if (kind !== "client_credentials" && kind !== "refresh_token")
    return refused("unsupported_grant_type", "expected client_credentials or refresh_token");
  if (sent.id !== known.id || sent.secret !== known.secret)
    return { ...refused("invalid_client", "client not found or secret wrong"), status: 401 };
  if (kind === "refresh_token" && !isRefreshOf(platform, body)) return refused("invalid_grant", "unknown refresh token");
  const token = tokens.issue(platform);
  return json({
    access_token: token,
    token_type: "bearer",
    expires_in: tokens.lifeSeconds,
    refresh_token: `refresh.${platform}.${token}`,
    ...(isCxone ? { scope: textField(body, "scope") ?? "READ_REPORT READ_INTERACTION READ_USER" } : {}),
  });
}

function refused(error: string, description: string): Reply {
  return { status: 400, json: { error, error_description: description } };
}

function isRefreshOf(platform: string, body: unknown): boolean {
  return (textField(body, "refresh_token") ?? "").startsWith(`refresh.${platform}.`);
}
