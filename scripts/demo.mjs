// `npm run demo`: a simulated contact centre, from its files to the report, by the same commands a user types.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "demo");
const gami = join(root, "bin", "gami.js");
const say = (text = "") => process.stdout.write(`${text}\n`);

function step(what, program, args, options = {}) {
  const began = Date.now();
  say(`\n» ${what}`);
  const done = spawnSync(program, args, { cwd: folder, stdio: ["ignore", "inherit", "inherit"], ...options });
  if (done.status !== 0) {
    say(`\nThe demo stopped here: '${[program, ...args].join(" ")}' ended with code ${done.status ?? done.signal}.`);
    process.exit(done.status ?? 1);
  }
  say(`  (${((Date.now() - began) / 1000).toFixed(1)} s)`);
}
const run = (what, ...args) => step(`${what}\n  $ gami ${args.join(" ")}`, process.execPath, [gami, ...args]);

/** What a programme's owner would fill in: init writes these keys as comments with an example. */
function fillIn(...keys) {
  const path = join(folder, "gami.config.yaml");
  const uncomment = (text, key) => text.replace(new RegExp(`# (${key}: )`), "$1");
  writeFileSync(path, keys.reduce(uncomment, readFileSync(path, "utf8")));
}

mkdirSync(folder, { recursive: true });
step("building gami", process.execPath, [join(root, "scripts", "build.mjs")], { cwd: root });
if (!existsSync(join(folder, "gami.config.yaml"))) {
  run("a configuration with the defaults", "init", "--yes", "--zone", "Europe/Berlin", "--currency", "EUR");
  fillIn("loadedRatePerHour", "realisation", "replacementCost", "allocation");
}
const files = ["simulate", "files", "--seed", "7", "--agents", "40", "--days", "120", "--start", "2026-01-05", "--out", "files"];
if (!existsSync(join(folder, "files", "truth.json")))
  run("a contact centre of 40 agents and 120 days, with late, changed and doubled rows", ...files);
const tables = readdirSync(join(folder, "files")).filter((name) => name.endsWith(".csv"));
run("its files into the warehouse", "import", "csv", ...tables.map((name) => join("files", name)));
run("the star schema and its tests", "dbt", "build");
run("the report", "roi", "report", "--format", "html");

const place = (name) => join(relative(process.cwd(), folder), name);
const reports = readdirSync(join(folder, "reports")).filter((name) => name.endsWith(".html"));
say(`
Open these:
  ${reports.map((name) => place(join("reports", name))).join("\n  ")}   the report, in any browser
  ${place("gami.duckdb")}   the warehouse, in DuckDB; start with marts.fct_agent_day
Try next, in ${place("")}:
  npx gami roi report                       the same figures in the terminal
  npx gami import csv files/interaction.csv import again: nothing is counted twice
  npx gami runs list                        what ran, and what it did
  npx gami doctor                           is everything in order?`);
