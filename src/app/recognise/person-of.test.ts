import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEmptyWarehouse } from "../../../test/support/empty-warehouse.ts";
import { agentOf } from "../../../test/support/milestone-marts.ts";
import { runInWarehouse } from "../../../test/support/roi-marts.ts";
import { openDuckDbWarehouse } from "../../adapters/warehouses/duckdb/warehouse.ts";
import { agentId } from "../../domain/business-key.ts";
import { personOf } from "./person-of.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-person-"));
const path = join(folder, "gami.duckdb");
let warehouse: ReturnType<typeof openDuckDbWarehouse>;
const links = async () => warehouse;
const ask = (agent: string, at: string) => personOf({ agent, at: Date.parse(at), links });

beforeAll(async () => {
  await createEmptyWarehouse(path);
  const span = (no: number, source: string, nativeId: string, from: string, until: string) =>
    `('${agentOf(90)}', '${source}', '${nativeId}', '${agentOf(no)}', timestamp '${from}', timestamp '${until}')`;
  await runInWarehouse(path, [
    "create table intermediate.int_agent_links (subject_id uuid, source varchar, agent_native_id varchar, agent_id uuid, starts_at timestamp, ends_at timestamp)",
    `insert into intermediate.int_agent_links values ${[
      span(1, "csv:desk", "17", "2024-01-01", "2024-03-01"),
      span(2, "csv:desk", "17", "2024-03-01", "2024-06-01"),
      span(3, "csv:desk", "1:7", "1900-01-01", "9999-01-01"),
    ].join(", ")}`,
  ]);
  warehouse = openDuckDbWarehouse({ path, threads: 1 });
});
afterAll(async () => {
  await warehouse.close();
  rmSync(folder, { recursive: true, force: true });
});

test("[T78] an account is the person it stood for on the day, where a crosswalk says who is who", async () => {
  expect(await ask("csv:desk:17", "2024-02-29T23:59:59.999Z")).toBe(agentOf(1));
  expect(await ask("csv:desk:17", "2024-03-01T23:59:59.999Z")).toBe(agentOf(2));
  // Whoever it stood for last, once its link has ended.
  expect(await ask("csv:desk:17", "2025-01-01")).toBe(agentOf(2));
  expect(await ask("csv:desk:1:7", "2024-01-01")).toBe(agentOf(3));
});

test("an account that stood for nobody yet is said, with where to look", async () => {
  const said = { code: "AGENT_UNLINKED", hint: expect.stringContaining("gami identity link") };
  await expect(ask("csv:desk:17", "2023-12-31")).rejects.toMatchObject(said);
  await expect(ask("genesys:17", "2024-02-01")).rejects.toMatchObject(said);
});

test("an id of the marts stays as it is, and without a crosswalk an account is hashed as the marts do", async () => {
  expect(await ask(agentOf(5).toUpperCase(), "2024-02-01")).toBe(agentOf(5));
  expect(await personOf({ agent: "csv:desk:17", at: 0, links: null })).toBe(agentId("csv:desk", "17"));
});
