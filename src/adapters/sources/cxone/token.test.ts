import { expect, test } from "vitest";
import { AuthError, SourceBrokenError } from "../../../errors.ts";
import type { HttpAnswer, HttpRequest } from "../../http/client.ts";
import { requestCxoneToken } from "./token.ts";

const credentials = { clientId: "me@unit", clientSecret: "a b", accessKeyId: "KEY====", accessKeySecret: "SECRET====" };
const granted = { access_token: "t", token_type: "Bearer", expires_in: 3600, refresh_token: "r" };

function asking(contract: "guide" | "platform", ...answers: readonly (readonly [status: number, body: unknown])[]) {
  const requests: HttpRequest[] = [];
  const client = {
    async send(request: HttpRequest): Promise<HttpAnswer> {
      requests.push(request);
      const [status, body] = answers[requests.length - 1] ?? [500, null];
      return { status, body, headers: new Headers() };
    },
  };
  return { requests, request: requestCxoneToken({ contract, loginUrl: "https://login.example", credentials, client }) };
}

test("[S2-R3] [S2-R14] the vendor's grant is the access key as user and password, the guides' the client's own credentials [T102]", async () => {
  const platform = asking("platform", [200, granted]);
  expect(await platform.request(null)).toEqual({ authorization: "Bearer t", expiresInSeconds: 3600, refreshToken: "r" });
  expect(platform.requests[0]?.url.href).toBe("https://login.example/auth/token");
  expect(platform.requests[0]?.form).toEqual({ grant_type: "password", username: "KEY====", password: "SECRET====" });
  expect(platform.requests[0]?.headers?.authorization).toBe(`Basic ${btoa("me%40unit:a%20b")}`);
  const guide = asking("guide", [200, granted]);
  await guide.request(null);
  expect(guide.requests[0]?.url.href).toBe("https://login.example/oauth2/token");
  // The guides' own scope list lacks READ_WFM [T101].
  expect(guide.requests[0]?.form).toEqual({ grant_type: "client_credentials", scope: "READ_REPORT READ_INTERACTION READ_USER READ_WFM" });
});

test("a refresh token is used first; one that is refused costs a whole grant, not the run [T102]", async () => {
  const previous = { authorization: "Bearer old", expiresInSeconds: 3600, refreshToken: "r0" };
  const renewed = asking("platform", [200, granted]);
  await renewed.request(previous);
  expect(renewed.requests.map(({ form }) => form?.grant_type)).toEqual(["refresh_token"]);
  const refused = asking("platform", [400, { error: "invalid_grant" }], [200, granted]);
  await refused.request(previous);
  expect(refused.requests.map(({ form }) => form?.grant_type)).toEqual(["refresh_token", "password"]);
});

test("refused credentials name the platform's reason and never the secret; an answer without a token is no token", async () => {
  const refused = asking("platform", [401, { error: "invalid_client", errorDescription: "unknown client" }]);
  const error: unknown = await refused.request(null).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AuthError);
  expect(String(error)).toContain("unknown client");
  expect(String(error)).not.toContain("SECRET");
  await expect(asking("guide", [200, { error: "unavailable" }]).request(null)).rejects.toThrow(SourceBrokenError);
});
