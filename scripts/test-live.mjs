// The warehouse contract and `gami dbt build` on real accounts, which the environment names: `npm run test:live`. Without one it says 'not run'.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const needed = {
  snowflake: ["GAMI_LIVE_SNOWFLAKE_ACCOUNT", "GAMI_LIVE_SNOWFLAKE_USER", "GAMI_LIVE_SNOWFLAKE_DATABASE"],
  bigquery: ["GAMI_LIVE_BIGQUERY_PROJECT"],
};
const asked = Object.entries(needed).flatMap(([kind, names]) => {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length === 0) return [kind];
  console.log(`${kind}: not run (${missing.join(", ")} not set; docs/warehouses.md says what it needs)`);
  return [];
});
if (asked.length > 0) {
  const vitest = `${root}node_modules/vitest/vitest.mjs`;
  const env = { ...process.env, GAMI_LIVE: asked.join(",") };
  const { status } = spawnSync(process.execPath, [vitest, "run", "test/contracts/warehouse-live.test.ts"], {
    cwd: root,
    stdio: "inherit",
    env,
  });
  process.exitCode = status ?? 1;
}
