import { expect, test } from "vitest";
import { createRedactor, secretsOfEnvironment } from "./redact.ts";

const redact = createRedactor(() => ["top-secret-value", "short"]);

test.each([
  ["a top-secret-value here and top-secret-value there", "a *** here and *** there"],
  ["postgres://gami:hunter2@db.example:5432/x", "postgres://***@db.example:5432/x"],
  ["https://token:@host/", "https://***@host/"],
  ["Authorization: Bearer eyJhbGciOi.J9._-x", "Authorization: Bearer ***"],
  ["GET /x?access_token=abc123&page=2", "GET /x?access_token=***&page=2"],
  ['{"password": "hunter2", "user": "me"}', '{"password": "***", "user": "me"}'],
  ["client_secret=s3cr3t;next", "client_secret=***;next"],
])("%s", (text, clean) => {
  expect(redact(text)).toBe(clean);
});

test("values too short to be told from ordinary words are left alone", () => {
  expect(redact("a short text, made in a shortage")).toBe("a short text, made in a shortage");
});

test("a secret that is part of a longer one leaves nothing of it behind", () => {
  expect(createRedactor(() => ["secret", "secret-and-more"])("x secret-and-more y")).toBe("x *** y");
});

test("ordinary text stays as it is", () => {
  const text = "error: https://example.org/a?b=c at 12:30, mailto:me@example.org, 3 tokens";
  expect(redact(text)).toBe(text);
});

test("variables named like secrets are secrets, their file names are not", () => {
  const secret = { GAMI_KEY: "k", DB_PASSWORD: "p", API_TOKEN: "t", AWS_SECRET_ACCESS_KEY: "a", PGPASSWORD: "g" };
  const plain = { GAMI_KEY_FILE: "/path", HOME: "/root", KEYBOARD: "us", SORT_KEY: "agent_id" };
  expect(secretsOfEnvironment({ ...plain, ...secret }).toSorted()).toEqual(Object.values(secret).toSorted());
});
