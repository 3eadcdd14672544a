import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gami } from "../support/gami.ts";
import { type PostgresCluster, startPostgres } from "../support/postgres.ts";
import { requireOrSkip } from "../support/require.ts";

describe.runIf(requireOrSkip("postgres"))("a project whose operational store is PostgreSQL", () => {
  const folder = mkdtempSync(join(tmpdir(), "gami-cli-postgres-"));
  let cluster: PostgresCluster;
  beforeAll(async () => {
    cluster = await startPostgres();
    expect(await gami(folder, "init", "--yes")).toMatchObject({ code: 0 });
    const config = join(folder, "gami.config.yaml");
    const shared = `state:\n  kind: postgres\n  postgres:\n    url: ${cluster.url}\n`;
    writeFileSync(config, readFileSync(config, "utf8").replace("state:\n", shared));
  }, 120_000);
  afterAll(() => {
    cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const json = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await gami(folder, ...args, "--json");
    return { code, stderr, ...JSON.parse(stdout) };
  };

  test("doctor shows where it is and its version; runs are recorded there", async () => {
    const { checks } = await json("doctor");
    const store = checks.find(({ name }: { name: string }) => name === "operational store");
    expect(store).toMatchObject({
      state: "ok",
      detail: expect.stringMatching(/^postgres:\/\/127\.0\.0\.1:\d+\/postgres, schema gami, version \d+$/),
    });
    expect(await json("state", "verify")).toMatchObject({ code: 0, entries: 0, findings: [] });
    expect((await json("runs", "list")).runs).toMatchObject([{ command: "state verify", status: "done" }]);
  });

  test("backup, restore under a new epoch, verify", async () => {
    const backup = await json("state", "backup");
    expect(backup).toMatchObject({ code: 0, path: expect.stringContaining(join(folder, "backups")) });
    expect(await json("state", "restore", backup.path)).toMatchObject({ code: 0, isApplied: false, epoch: 2 });
    const restored = await json("state", "restore", backup.path, "--apply");
    expect(restored).toMatchObject({ code: 0, isApplied: true, epoch: 2, aside: expect.stringContaining("schema gami_before_") });
    expect(await json("state", "verify")).toMatchObject({ code: 0, findings: [] });
    expect(await gami(folder, "state", "backup", backup.path)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is there already"),
    });
  });

  test("without the database every command says so, with exit code 2", async () => {
    const config = join(folder, "other.yaml");
    const url = cluster.url.replace(/\/[^/]*$/, "/nowhere");
    appendFileSync(config, `organisation:\n  name: X\n  zone: UTC\nstate:\n  kind: postgres\n  postgres:\n    url: ${url}\n`);
    const { code, stderr } = await gami(folder, "runs", "list", "--config", config);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: there is no database postgres:.*\/nowhere\nhint: create it, or correct state.postgres.url\n$/);
  });
});
