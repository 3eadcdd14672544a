// sqlfluff over the dbt models. It has a Python environment of its own: whoever runs gami does not need it.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureEnvironment } from "../src/adapters/dbt/virtualenv/environment.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = await ensureEnvironment({
  home: join(root, ".gami"),
  requirements: join(root, "requirements", "sqlfluff.txt"),
  say: console.error,
});
const done = spawnSync(join(folder, "bin", "sqlfluff"), ["lint", "--processes", "2", ...process.argv.slice(2), "models"], {
  cwd: join(root, "dbt"),
  stdio: "inherit",
});
process.exit(done.status ?? 1);
