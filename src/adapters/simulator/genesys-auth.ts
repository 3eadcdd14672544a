import { type Asked, json, type Reply, type Route, textField } from "./exchange.ts";
import { genesysError } from "./genesys-errors.ts";
import type { SimulatorState } from "./state.ts";
import { credentials } from "./tokens.ts";

/** The vendor's token endpoint. The guides' own, which both platforms share, is in guide-auth.ts. */
export function genesysAuth(state: SimulatorState): Route[] {
  return [
    { method: "POST", path: "/oauth/token", platform: null, answer: (asked) => clientCredentials(state, asked) },
    { method: "GET", path: "/api/v2/oauth/clients/me", platform: "genesys", answer: () => json({ id: credentials.genesys.id }) },
  ];
}

function clientCredentials(state: SimulatorState, asked: Asked): Reply {
  if (textField(asked.body, "grant_type") !== "client_credentials") {
    return {
      status: 400,
      json: {
        error: "unsupported_grant_type",
        description: "expected client_credentials",
        error_description: "expected client_credentials",
      },
    };
  }
  const basic = basicCredentials(asked);
  if (basic?.id !== credentials.genesys.id || basic.secret !== credentials.genesys.secret) {
    return {
      status: 401,
      json: {
        error: "invalid_client",
        description: "client not found or secret wrong",
        error_description: "client not found or secret wrong",
      },
    };
  }
  return json({ access_token: state.tokens.issue("genesys"), token_type: "bearer", expires_in: state.tokens.lifeSeconds });
}

/** The id and secret of a Basic header, percent-decoded where they were encoded, as one vendor asks for. */
export function basicCredentials({ header }: Asked): { readonly id: string; readonly secret: string } | null {
  const [, encoded] = /^basic (.+)$/i.exec(header("authorization") ?? "") ?? [];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const at = text.indexOf(":");
  return { id: decoded(text.slice(0, at)), secret: decoded(text.slice(at + 1)) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function unauthorizedGenesys(hasToken: boolean): Reply {
  return hasToken
    ? genesysError(401, "bad.credentials", "Invalid login credentials.")
    : genesysError(401, "authentication.required", "No authentication bearer token specified in authorization header.");
}
