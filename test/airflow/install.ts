/** `npm run airflow`: installs the Airflow that tests run, from a hash lock, into an environment of its own. */
import { join } from "node:path";
import { ensureEnvironment } from "../../src/adapters/dbt/virtualenv/environment.mjs";

const home = join(import.meta.dirname, "..", "..", ".gami");
await ensureEnvironment({
  home,
  requirements: join(import.meta.dirname, "airflow.txt"),
  say: (text) => process.stderr.write(`airflow: ${text}\n`),
});
