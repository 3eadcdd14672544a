import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

export const projectRoot = join(import.meta.dirname, "../..");

export interface SourceFile {
  /** Relative to the project's root: `src/app/ingest/load-read.ts`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** A path like those of SourceFile, or the name of a package. */
  readonly target: string;
  readonly isPackage: boolean;
  readonly isTypeOnly: boolean;
}

/** All TypeScript files under a folder of the project, with what they import. */
export function readSourceFiles(folder: string): SourceFile[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((path) => /\.m?ts$/.test(path) && !path.endsWith(".d.ts") && !path.endsWith(".d.mts"))
    .sort()
    .map((path) => {
      const text = readFileSync(join(projectRoot, path), "utf8");
      return { path, text, imports: readImports(path, text) };
    });
}

/** Static and dynamic imports and re-exports. The formatter keeps their shape, so a pattern finds them all. */
function readImports(path: string, text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const statements = [...code.matchAll(/^(?:import|export)\s+(type\s+)?(?:[\w*\s{},$]*?\sfrom\s+)?"([^"\n]+)"/gm)];
  const dynamic = [...code.matchAll(/\bimport\("([^"\n]+)"\)/g)];
  const inType = new Set([...code.matchAll(/typeof import\("([^"\n]+)"\)/g)].map((match) => match[1]));
  return [
    ...statements.map(([, type, name = ""]) => toImport(path, name, type !== undefined)),
    ...dynamic.map(([, name = ""]) => toImport(path, name, inType.has(name))),
  ];
}

function toImport(path: string, name: string, isTypeOnly: boolean): Import {
  const isPackage = !name.startsWith(".");
  const target = isPackage ? name : relative(projectRoot, join(projectRoot, dirname(path), name)).replaceAll("\\", "/");
  return { target, isPackage, isTypeOnly };
}
