import { expect, test } from "vitest";
import { ConfigError } from "../errors.ts";
import { parseConfig } from "./parse.ts";

const organisation = "organisation: { name: Acme, zone: Europe/Berlin }\n";
const genesys = (contract: string) =>
  `sources: { genesys: { contract: ${contract}, baseUrl: "http://127.0.0.1:4010", requestsPerMinute: 120, inFlight: 2 } }\n`;
const env = { WEBHOOK_SECRET: "0123456789abcdef0123456789abcdef" };
const parse = (hosts: string) => parseConfig(`${organisation}${hosts}`, "/project/gami.config.yaml", env);

function faultOf(hosts: string): string {
  try {
    parse(hosts);
    return "no fault";
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

test("[T105] a host has the limits of its source, and is told what its contract has: no points where the guides only have a query for them", () => {
  const { hosts } = parse(`${genesys("guide")}hosts: { agents: { kind: genesys, badges: { aht-gold: badge_gold } } }\n`);
  expect(hosts).toMatchObject([
    { name: "agents", kind: "genesys", tells: ["award", "flair", "adjustment"], requestsPerMinute: 120, inFlight: 2, publication: null },
  ]);
});

test("[S3-R40] a publication window is minutes of the organisation's day", () => {
  const { hosts } = parse(`hosts: { file: { kind: csv, path: out, publication: "06:00-08:30" } }\n`);
  expect(hosts).toMatchObject([{ path: "/project/out", publication: { zone: "Europe/Berlin", fromMinute: 360, toMinute: 510 } }]);
});

test("a webhook's secrets come from the environment and are never printed", () => {
  const { hosts, secrets } = parse(
    `hosts: { board: { kind: webhook, url: "https://example.org/hook", secret: "\${WEBHOOK_SECRET}", previousSecret: "an old secret of 24 bytes" } }\n`,
  );
  expect(hosts).toMatchObject([{ secrets: [env.WEBHOOK_SECRET, "an old secret of 24 bytes"] }]);
  expect(secrets).toEqual(expect.arrayContaining([env.WEBHOOK_SECRET, "an old secret of 24 bytes"]));
});

test.each([
  ["hosts: { board: { kind: webhook } }", "hosts.board.url (line 2): not given - expected an https:// address"],
  ["hosts: { board: { kind: webhook, url: 'https://example.org', secret: short } }", "too short - expected at least 24 bytes"],
  ["hosts: { board: { kind: webhook, url: 'http://example.org', secret: short } }", "an https:// address"],
  ["hosts: { file: { kind: csv } }", "hosts.file.path (line 2): not given - expected a folder"],
  ["hosts: { agents: { kind: genesys } }", "sources.genesys with its credentials"],
  [`${genesys("platform")}hosts: { agents: { kind: genesys } }`, "the id of a custom attribute schema"],
  [`${genesys("platform")}hosts: { agents: { kind: genesys, tells: [award] } }`, '"award" - a genesys host has flair, points'],
  ["hosts: { file: { kind: csv, path: out, sekret: x } }", "hosts.file.sekret (line 2): is not a known key - did you mean secret?"],
  ["hosts: { File: { kind: csv, path: out } }", "a name of small letters"],
  ["hosts: { file: { kind: csv, path: out, publication: '6-8' } }", "a window like 06:00-08:00"],
])("a faulty host is told with what was expected: %s", (hosts, expected) => {
  expect(faultOf(`${hosts}\n`)).toContain(expected);
});
