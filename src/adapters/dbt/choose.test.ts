import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ConfigError } from "../../errors.ts";
import { chooseDbt } from "./choose.ts";
import type { DbtConfig } from "./config.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-dbt-choose-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([folder, join(folder, "nowhere")])("a folder without a dbt project is refused before dbt is started: %s", (projectFolder) => {
  const config: DbtConfig = {
    runner: "path",
    projectFolder,
    gamiFolder: folder,
    environmentHomes: [],
    requirements: "",
    program: null,
    target: null,
    python: null,
    engine: null,
    image: "",
    adapter: "duckdb",
    environment: {},
  };
  const choosing = () => chooseDbt(config, () => undefined);
  expect(choosing).toThrow(ConfigError);
  expect(choosing).toThrow(`${projectFolder} is no dbt project: there is no dbt_project.yml in it`);
});
