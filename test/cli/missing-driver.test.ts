import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Gami as it is installed without its optional drivers: the built program with no packages beside it. */
const folder = mkdtempSync(join(tmpdir(), "gami-bare-"));

beforeAll(() => {
  const root = join(import.meta.dirname, "..", "..");
  for (const name of ["bin", "dist", "sql", "package.json"]) cpSync(join(root, name), join(folder, name), { recursive: true });
  mkdirSync(join(folder, "project"));
  writeFileSync(join(folder, "project", "key"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(warehouse: string, ...words: readonly string[]): Promise<{ code: unknown; stderr: string }> {
  const cwd = join(folder, "project");
  const config = `organisation: { name: desk, zone: Europe/Berlin }\nwarehouse: ${warehouse}\nkey: { file: key }\n`;
  writeFileSync(join(cwd, "gami.config.yaml"), config);
  return new Promise((resolve) => {
    execFile(process.execPath, [join(folder, "bin", "gami.js"), ...words], { cwd, encoding: "utf8" }, (error, _, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    );
  });
}

test.each([
  ["Snowflake", "npm install snowflake-sdk@3", "{ kind: snowflake, snowflake: { account: org-acc, user: gami, password: any } }"],
  ["BigQuery", "npm install @google-cloud/bigquery@9", "{ kind: bigquery, bigquery: { project: gami-test } }"],
])("the %s driver, where nobody installed it, is named with the command that does: %s", async (name, command, warehouse) => {
  const { code, stderr } = await run(warehouse, "warehouse", "verify");
  expect(code).toBe(2);
  expect(stderr).toContain(`the ${name} driver is not installed`);
  expect(stderr).toContain(`hint: run '${command}'`);
});
