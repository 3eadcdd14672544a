import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, parse } from "node:path";
import { ConfigError } from "../../../errors.ts";
import type { FileSource, RemapRow } from "../../../ports/file-source.ts";
import { inferMapping } from "./infer-mapping.ts";
import { type Mapping, mapperVersion, parseMapping, type ResolvedMapping, writeMapping } from "./mapping.ts";
import { openCsvFile } from "./open-file.ts";
import { prepareRemapRow } from "./remap.ts";

export interface CsvSourceOptions {
  /** Where the mapping of every import is kept, by mapper version. */
  readonly mappingsFolder: () => string;
  /** Asked for only where a mapping pseudonymises. @throws ConfigError when the project has no key. */
  readonly pseudonymKey: () => Promise<Buffer>;
}

export function createCsvSource({ mappingsFolder, pseudonymKey }: CsvSourceOptions): FileSource {
  const keyFor = async (mapping: Mapping) => (mapping.pseudonymise.length > 0 ? await pseudonymKey() : null);
  return {
    async open({ file, mapping: given }) {
      const mappingFile = given ?? mappingBeside(file);
      const mapping = parseMapping(readMappingText(mappingFile, file), mappingFile);
      const opened = await openCsvFile({ file, mapping, mappingFile, pseudonymKey: await keyFor(mapping) });
      return { ...opened, keepMapping: () => keepMapping(mappingsFolder(), opened.read.mapperVersion, opened.resolved) };
    },
    infer: inferMapping,
    async remapper(version, given): Promise<RemapRow> {
      const stored = readKeptMapping(mappingsFolder(), version);
      const mapping = given === null ? stored.mapping : parseMapping(readMappingText(given, null), given);
      return prepareRemapRow({ mapping, header: stored.header }, await keyFor(mapping));
    },
    async mapperVersion(version, given) {
      if (given === null) return version;
      const { header } = readKeptMapping(mappingsFolder(), version);
      const mapping = parseMapping(readMappingText(given, null), given);
      return mapperVersion({ mapping, header }, await keyFor(mapping));
    },
  };
}

/** `calls.csv` is read by `calls.mapping.yaml`. */
export function mappingBeside(file: string): string {
  const { dir, name } = parse(file);
  return join(dir, `${name}.mapping.yaml`);
}

const maximumMappingBytes = 1_000_000;

function readMappingText(path: string, file: string | null): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new ConfigError(
      `the mapping ${path} ${isMissing ? "does not exist" : `cannot be read: ${String(cause)}`}: expected a YAML file that says what the columns mean`,
      {
        code: isMissing ? "MAPPING_MISSING" : "MAPPING_UNREADABLE",
        hint:
          file === null
            ? "check the path"
            : `run 'gami import csv ${file} --infer > ${mappingBeside(file)}' and correct it, or name another with --mapping`,
        cause,
      },
    );
  }
  if (text.length <= maximumMappingBytes && !text.includes("\0")) return text;
  throw new ConfigError(`the mapping ${path} is no mapping: expected a YAML text of less than a megabyte`, {
    code: "MAPPING_UNREADABLE",
    hint: "check that --mapping names the mapping and not the data",
  });
}

function keptPath(folder: string, version: string): string {
  return join(folder, `${version}.yaml`);
}

/** Written whole or not at all: a remap years later must not find half a file. */
function keepMapping(folder: string, version: string, resolved: ResolvedMapping): void {
  const path = keptPath(folder, version);
  if (existsSync(path)) return;
  mkdirSync(folder, { recursive: true });
  const draft = `${path}.${process.pid}.part`;
  writeFileSync(draft, writeMapping(resolved));
  renameSync(draft, path);
}

function readKeptMapping(folder: string, version: string): ResolvedMapping {
  const path = keptPath(folder, version);
  if (!/^[0-9a-f]{32}$/.test(version) || !existsSync(path)) {
    throw new ConfigError(`the mapping of version ${version} is not in ${folder}: expected the file ${version}.yaml there`, {
      code: "MAPPING_NOT_KEPT",
      hint: "restore .gami/mappings from your backup, or import the original file again",
    });
  }
  const mapping = parseMapping(readFileSync(path, "utf8"), path);
  return { mapping, header: Array.isArray(mapping.header) ? mapping.header : [] };
}
