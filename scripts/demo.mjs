// `npm run demo`: a simulated contact centre, from its platform to the report, by the same commands a user types.
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { centre, since, sources, streams, tables, until } from "./demo-centre.ts";

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
    process.exitCode = done.status ?? 1;
    throw new Stopped();
  }
  say(`  (${((Date.now() - began) / 1000).toFixed(1)} s)`);
}
class Stopped extends Error {}
const run = (what, ...args) => step(`${what}\n  $ gami ${args.join(" ")}`, process.execPath, [gami, ...args]);

/** Answers as Genesys Cloud until it is told to stop. */
async function startPlatform() {
  const server = spawn(process.execPath, [gami, "simulate", "serve", "--port", "0", ...centre], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  for await (const line of createInterface({ input: server.stderr })) {
    const [, url] = /listening on (\S+)/.exec(line) ?? [];
    if (url !== undefined) return { url, stop: () => server.kill("SIGTERM") };
  }
  throw new Error("the simulated platform did not start");
}

/** What a programme's owner would fill in: init writes these keys as comments with an example. */
function fillIn(...keys) {
  const path = join(folder, "gami.config.yaml");
  const uncomment = (text, key) => text.replace(new RegExp(`# (${key}: )`), "$1");
  writeFileSync(path, keys.reduce(uncomment, readFileSync(path, "utf8")));
}

/** The platform listens on another port each time. */
function pointAt(url) {
  const path = join(folder, "gami.config.yaml");
  writeFileSync(path, readFileSync(path, "utf8").replace(/baseUrl: http:\S+/, `baseUrl: ${url}`));
}

async function demo() {
  mkdirSync(folder, { recursive: true });
  step("building gami", process.execPath, [join(root, "scripts", "build.mjs")], { cwd: root });
  const isFirst = !existsSync(join(folder, "gami.config.yaml"));
  if (isFirst) {
    run("a configuration with the defaults", "init", "--yes", "--zone", "Europe/Berlin", "--currency", "USD");
    fillIn("loadedRatePerHour", "realisation", "replacementCost", "allocation");
    appendFileSync(join(folder, "gami.config.yaml"), sources);
  }
  if (!readFileSync(join(folder, "gami.config.yaml"), "utf8").includes("baseUrl: http://127.0.0.1")) {
    say(`\n${folder} is of an earlier version: remove it and run the demo again.`);
    process.exitCode = 2;
    throw new Stopped();
  }
  const platform = await startPlatform();
  try {
    pointAt(platform.url);
    const reads = ["--stream", streams, ...(isFirst ? ["--since", since] : []), "--until", until];
    run(`the agents' work, from a simulated Genesys Cloud at ${platform.url}`, "extract", ...reads);
  } finally {
    platform.stop();
  }
  if (!existsSync(join(folder, "files", "truth.json"))) {
    run("what a gamification tool and the finance team export of the same centre", "simulate", "files", ...centre, "--out", "files");
  }
  run("their files into the warehouse", "import", "csv", ...tables.map((name) => join("files", `${name}.csv`)));
  run("who is who, by employee id", "identity", "link", "--apply");
  run("the star schema and its tests", "dbt", "build");
  run("the report", "roi", "report", "--format", "html");

  const place = (name) => join(relative(process.cwd(), folder), name);
  const reports = readdirSync(join(folder, "reports")).filter((name) => name.endsWith(".html"));
  say(`
In this invented centre enrolment makes a contact 20 s shorter: that is what the report has to find.
Open these:
  ${reports.map((name) => place(join("reports", name))).join("\n  ")}   the report, in any browser
  ${place("gami.duckdb")}   the warehouse, in DuckDB; start with marts.fct_agent_day
Try next, in ${place("")}:
  npx gami roi report                       the same figures in the terminal
  npx gami import csv files/costs.csv       import again: nothing is counted twice
  npx gami extract --gaps                   which time was read, and that none is missing
  npx gami runs list                        what ran, and what it did
  npx gami doctor                           is everything in order?`);
}

await demo().catch((error) => {
  if (!(error instanceof Stopped)) throw error;
});
