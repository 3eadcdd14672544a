import { type Asked, json, type Reply, type Route, textField } from "./exchange.ts";
import { basicCredentials } from "./genesys-auth.ts";
import type { SimulatorState } from "./state.ts";
import { credentials, tenantId } from "./tokens.ts";

/** Access key and secret as user and password; the client by Basic or in the form; then discovery by tenant. */
export function cxoneAuth(state: SimulatorState): Route[] {
  return [
    { method: "POST", path: "/auth/token", platform: null, answer: (asked) => passwordGrant(state, asked) },
    { method: "POST", path: "/authentication/v1/token/access-key", platform: null, answer: (asked) => accessKey(state, asked) },
    {
      method: "GET",
      path: "/.well-known/openid-configuration",
      platform: null,
      answer: ({ origin }) =>
        json({ issuer: origin, token_endpoint: `${origin}/auth/token`, token_endpoint_auth_methods_supported: ["client_secret_basic"] }),
    },
    { method: "GET", path: "/.well-known/cxone-configuration", platform: null, answer: discovery },
  ];
}

function passwordGrant({ tokens }: SimulatorState, asked: Asked): Reply {
  const { body } = asked;
  const client = basicCredentials(asked) ?? { id: textField(body, "client_id") ?? "", secret: textField(body, "client_secret") ?? "" };
  if (client.id !== credentials.cxone.id || client.secret !== credentials.cxone.secret)
    return refused("invalid_client", "client authentication failed");
  const kind = textField(body, "grant_type");
  if (kind === "refresh_token")
    return (textField(body, "refresh_token") ?? "").startsWith("refresh.")
      ? granted(tokens)
      : refused("invalid_grant", "unknown refresh token");
  if (kind !== "password") return refused("unsupported_grant_type", "expected password", 400);
  const isKnown =
    textField(body, "username") === credentials.cxone.accessKey && textField(body, "password") === credentials.cxone.accessSecret;
  return isKnown ? granted(tokens) : refused("invalid_grant", "access key not found or secret wrong");
}

function accessKey({ tokens }: SimulatorState, { body }: Asked): Reply {
  const isKnown =
    textField(body, "accessKeyId") === credentials.cxone.accessKey && textField(body, "accessKeySecret") === credentials.cxone.accessSecret;
  return isKnown ? granted(tokens) : refused("invalid_grant", "access key not found or secret wrong");
}

function granted(tokens: SimulatorState["tokens"]): Reply {
  const token = tokens.issue("cxone");
  return json({
    access_token: token,
    token_type: "Bearer",
    expires_in: tokens.lifeSeconds,
    refresh_token: `refresh.${token}`,
    id_token: token,
  });
}

function refused(error: string, errorDescription: string, status = 401): Reply {
  return { status, json: { error, errorDescription } };
}

function discovery({ query, origin }: Asked): Reply {
  if (query.get("tenantId") !== tenantId) return { status: 404, json: { message: "unknown tenant" } };
  return json({
    api_endpoint: origin,
    auth_endpoint: origin,
    ui_endpoint: origin,
    area: "sim",
    cluster: "sim1",
    domain: "simulated",
    acdDomain: "simulated",
    tenantId,
    private: false,
  });
}
