import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The CLI tests run what users run: the built bundle. It is built again only when a source file is newer. */
export function setup(): void {
  const built = statSync(join(root, "dist", "main.js"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built > newestSource()) return;
  execFileSync(process.execPath, [join(root, "scripts", "build.mjs")], { stdio: "inherit" });
}

function newestSource(): number {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).map((name) => join(root, "src", name));
  return Math.max(...[...files, join(root, "package.json"), join(root, "scripts", "build.mjs")].map((path) => statSync(path).mtimeMs));
}
