import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { packageRoot } from "../../package-root.ts";

const folders = ["src/domain/estimate", "src/domain/roi", "src/app/roi"];

/**
 * Names the code and the SQL that make a report, so that one kept by other code of the same version is not served.
 * In the bundle this module's file is named after its content and that of all it imports; from source the files are read.
 */
export function computationId(): string {
  const hash = createHash("sha256").update(basename(import.meta.filename));
  hashFiles(hash, "sql/reports");
  if (import.meta.filename.endsWith(".ts")) for (const folder of folders) hashFiles(hash, folder);
  return hash.digest("hex").slice(0, 16);
}

function hashFiles(hash: ReturnType<typeof createHash>, folder: string): void {
  const root = join(packageRoot(), folder);
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => /\.(?:sql|ts)$/.test(name));
  for (const name of names.sort()) if (!name.endsWith(".test.ts")) hash.update(name).update(readFileSync(join(root, name)));
}
