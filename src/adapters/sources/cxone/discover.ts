import { SourceBrokenError } from "../../../errors.ts";
import type { PoliteClient } from "../../http/client.ts";
import { idOf, textOf } from "./json.ts";

/** Where a tenant's API is, and which business unit its numbers belong to. */
export interface CxoneTenant {
  readonly apiUrl: string;
  readonly businessUnitId: string;
}

/** What the access token says about itself. */
export function tenantOfToken(authorization: string): { readonly tenantId: string | null; readonly businessUnitId: string | null } {
  const payload = authorization.replace(/^Bearer /i, "").split(".")[1] ?? "";
  let claims: unknown = null;
  try {
    claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  } catch {
    // An opaque token says nothing, and what it does not say must be configured.
  }
  return { tenantId: textOf(claims, "tenantId"), businessUnitId: idOf(claims, "icBUId") };
}

/** Asks the issuer for the API's address; `apiUrl` and `businessUnitId` from the config are believed instead where given. */
export async function discoverTenant(
  client: Pick<PoliteClient, "send">,
  issuer: string,
  authorization: string,
  known: { readonly apiUrl?: string; readonly businessUnitId?: string } = {},
): Promise<CxoneTenant> {
  const token = tenantOfToken(authorization);
  const businessUnitId = known.businessUnitId ?? token.businessUnitId;
  if (businessUnitId === null) throw undiscovered("the token names no business unit (icBUId)", "set businessUnitId of the source cxone");
  if (known.apiUrl !== undefined) return { apiUrl: known.apiUrl, businessUnitId };
  if (token.tenantId === null) throw undiscovered("the token names no tenant (tenantId)", "set baseUrl of the source cxone");
  const url = new URL("/.well-known/cxone-configuration", issuer);
  url.searchParams.set("tenantId", token.tenantId);
  const apiUrl = textOf((await client.send({ method: "GET", url })).body, "api_endpoint");
  if (apiUrl === null) throw undiscovered(`${url.origin}${url.pathname} names no api_endpoint`, "set baseUrl of the source cxone");
  return { apiUrl, businessUnitId };
}

function undiscovered(what: string, hint: string): SourceBrokenError {
  return new SourceBrokenError(`cxone: ${what}`, { code: "NOT_DISCOVERED", hint });
}
