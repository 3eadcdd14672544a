import { expect, test } from "vitest";
import type { ProjectFolder } from "../../ports/project-folder.ts";
import { initProject, withIgnoredLines } from "./init-project.ts";

function memoryFolder(files: Map<string, string>): ProjectFolder & { readonly secret: Set<string> } {
  const secret = new Set<string>();
  return {
    path: "/project",
    secret,
    read: async (path) => files.get(path) ?? null,
    async write(path, text, options) {
      files.set(path, text);
      if (options?.isSecret) secret.add(path);
    },
  };
}

const plan = { configName: "gami.config.yaml", configText: "new config", schemaText: "{}", replaceConfig: false };

test("a new project gets its config, a secret key and ignored lines", async () => {
  const files = new Map<string, string>();
  const folder = memoryFolder(files);
  const report = await initProject({ folder, newMasterKey: async () => "k1" }, plan);
  expect(report).toEqual({ written: ["gami.config.yaml", ".gami/key", ".gitignore"], kept: [] });
  expect(files.get(".gami/key")).toBe("k1\n");
  // Where the stores, the archive, reports and backups lie when nothing else is said.
  expect(files.get(".gitignore")?.split("\n").slice(0, -1)).toEqual([
    "/.gami/",
    "/gami.duckdb*",
    "/gami.sqlite*",
    "/archive/",
    "/reports/",
    "/backups/",
  ]);
  expect([...folder.secret]).toEqual([".gami/key"]);
});

test("a second time nothing of the user's is touched", async () => {
  const files = new Map([
    ["gami.config.yaml", "his config"],
    [".gami/key", "his key"],
    [".gitignore", "node_modules\n"],
  ]);
  const report = await initProject({ folder: memoryFolder(files), newMasterKey: async () => "k2" }, plan);
  expect(report).toEqual({ written: [".gitignore"], kept: ["gami.config.yaml", ".gami/key"] });
  expect(files.get("gami.config.yaml")).toBe("his config");
  expect(files.get(".gami/key")).toBe("his key");
  expect(files.get(".gitignore")?.startsWith("node_modules\n/.gami/\n")).toBe(true);
});

test("replacing the config never replaces the key", async () => {
  const files = new Map([
    ["gami.config.yaml", "old"],
    [".gami/key", "his key"],
  ] as const);
  const all = new Map<string, string>(files);
  await initProject({ folder: memoryFolder(all), newMasterKey: async () => "k2" }, { ...plan, replaceConfig: true });
  expect(all.get("gami.config.yaml")).toBe("new config");
  expect(all.get(".gami/key")).toBe("his key");
});

test("ignored lines are added once, also behind a file without a last newline", () => {
  const once = withIgnoredLines("dist");
  expect(once.startsWith("dist\n/.gami/\n")).toBe(true);
  expect(withIgnoredLines(once)).toBe(once);
});
