import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The CLI tests run what users run: the built bundle. It is built once per test run, in well under a second. */
export function setup(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL("../../scripts/build.mjs", import.meta.url))], { stdio: "inherit" });
}
