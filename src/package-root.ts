import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of package.json, from the source tree and from the bundle alike: sql/, dbt/, requirements/ and schema/ lie in it. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`gami's own package.json was not found above ${import.meta.dirname}`);
    folder = parent;
  }
  return folder;
}
