import type { ProjectFolder } from "../../ports/project-folder.ts";

export interface InitDeps {
  readonly folder: ProjectFolder;
  /** Text of a fresh random master key. */
  readonly newMasterKey: () => Promise<string>;
}

export interface InitPlan {
  readonly configName: string;
  readonly configText: string;
  /** The JSON Schema of the config, for editors. */
  readonly schemaText: string;
  readonly replaceConfig: boolean;
}

export interface InitReport {
  /** Relative to the project's folder. */
  readonly written: readonly string[];
  /** Already there and left as they were. */
  readonly kept: readonly string[];
}

const keyFile = ".gami/key";
/** Data and keys have no place in a repository: they hold people's work records. */
const ignored = ["/.gami/", "/gami.duckdb*", "/gami.sqlite*", "/archive/", "/reports/", "/backups/"];

/** Writes what a project needs and is not there yet. The key is never replaced: pseudonyms of loaded data depend on it. */
export async function initProject({ folder, newMasterKey }: InitDeps, plan: InitPlan): Promise<InitReport> {
  const written: string[] = [];
  const kept: string[] = [];
  if (plan.replaceConfig || (await folder.read(plan.configName)) === null) {
    await folder.write(plan.configName, plan.configText);
    written.push(plan.configName);
  } else kept.push(plan.configName);
  if ((await folder.read(keyFile)) === null) {
    await folder.write(keyFile, `${await newMasterKey()}\n`, { isSecret: true });
    written.push(keyFile);
  } else kept.push(keyFile);
  await folder.write(".gami/config.schema.json", plan.schemaText);
  const before = (await folder.read(".gitignore")) ?? "";
  const after = withIgnoredLines(before);
  if (after !== before) {
    await folder.write(".gitignore", after);
    written.push(".gitignore");
  } else kept.push(".gitignore");
  return { written, kept };
}

/** The text of .gitignore with our lines behind the user's own; unchanged when they are all there. */
export function withIgnoredLines(text: string): string {
  const present = new Set(text.split(/\r?\n/).map((line) => line.trim()));
  const missing = ignored.filter((line) => !present.has(line));
  if (missing.length === 0) return text;
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  return `${text}${gap}${missing.join("\n")}\n`;
}
