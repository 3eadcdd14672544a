import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requireOrSkip } from "../support/require.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "gami-package-"));
const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}`, NO_COLOR: "1" };
let isInstalled = false;
let packed: string[] = [];

beforeAll(async () => {
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], { cwd: root, env });
  const [report]: readonly { readonly files: readonly { readonly path: string }[] }[] = Object.values(JSON.parse(stdout));
  packed = report?.files.map(({ path }) => path) ?? [];
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  writeFileSync(join(folder, "package.json"), '{"private":true}');
  isInstalled = await run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", `./${tarball}`], { cwd: folder, env }).then(
    () => true,
    () => false,
  );
  isInstalled = requireOrSkip("network", isInstalled);
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const gami = (...args: readonly string[]) =>
  run(process.execPath, [join(folder, "node_modules/gami/bin/gami.js"), ...args], { cwd: folder, env });

test("the package holds bundle, dbt project, SQL and requirements, and neither sources, tests nor data", () => {
  const has = (path: string) => packed.includes(path);
  expect(
    ["bin/gami.js", "dist/main.js", "dbt/dbt_project.yml", "sql/state/sqlite/000001_init.sql", "requirements/dbt-duckdb.txt"].filter(
      (path) => !has(path),
    ),
  ).toEqual([]);
  expect(packed.filter((path) => /^(src|test|fixtures|bench|\.gami)\/|\.duckdb$|dbt\/(target|logs)\//.test(path))).toEqual([]);
});

test("[S2-R5] installed elsewhere, with no database, queue or identity provider beside it, it imports a file into a warehouse of its own", async (context) => {
  if (!isInstalled) context.skip("npm's registry was not reached");
  await gami("init", "--yes");
  writeFileSync(join(folder, "calls.csv"), "id,agent,start,seconds\n1,a,2026-03-02T09:00:00Z,120\n2,a,2026-03-02T10:00:00Z,60\n");
  const proposed = await gami("import", "csv", "calls.csv", "--infer");
  expect(proposed.stdout).toContain("stream:");
  writeFileSync(
    join(folder, "calls.mapping.yaml"),
    [
      "source: calls",
      "stream: interaction",
      "columns:",
      "  interaction_id: { column: id }",
      "  agent_native_id: { column: agent }",
      "  entered_at: { column: start }",
      "  started_at: { column: start }",
      "  talk_ms: { column: seconds, unit: seconds }",
      "  handle_ms: { column: seconds, unit: seconds }",
      "  outcome: { constant: answered }",
      "",
    ].join("\n"),
  );
  const imported = JSON.parse((await gami("import", "csv", "calls.csv", "--json")).stdout);
  expect(imported).toMatchObject({ command: "import csv", status: "done", received: 2, new: 2 });
});
