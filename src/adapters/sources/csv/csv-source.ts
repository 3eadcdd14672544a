import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, parse, resolve } from "node:path";
import { ConfigError } from "../../../errors.ts";
import type { FileSource } from "../../../ports/file-source.ts";
import { inferMapping } from "./infer-mapping.ts";
import { inspectFile } from "./inspect-file.ts";
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
      // A file that is not there has no mapping beside it either, and the mapping is not what to complain about.
      await inspectFile(file);
      const mappingFile = given ?? mappingBeside(file);
      const mapping = parseMapping(readMappingText(mappingFile, file), mappingFile);
      const opened = await openCsvFile({ file, mapping, mappingFile, pseudonymKey: await keyFor(mapping) });
      return {
        ...opened,
        keepMapping: () => keepMapping(keptPath(mappingsFolder(), opened.read.mapperVersion), opened.resolved, resolve(mappingFile)),
      };
    },
    infer: inferMapping,
    async remapper({ source, version, mapping: given }) {
      const kept = readKeptMapping(mappingsFolder(), version);
      const today = given ?? (kept.origin !== null && existsSync(kept.origin) ? kept.origin : null);
      const mapping = today === null ? kept.mapping : parseMapping(readMappingText(today, null), today);
      checkSource(mapping, source, today ?? "the kept mapping");
      const resolved = { mapping, header: kept.header };
      const key = await keyFor(mapping);
      return { map: prepareRemapRow(resolved, key), mapperVersion: mapperVersion(resolved, key), datedBy: mapping.dated_by ?? null };
    },
  };
}

/** `calls.csv` is read by `calls.mapping.yaml`. */
export function mappingBeside(file: string): string {
  const { dir, name } = parse(file);
  return join(dir, `${name}.mapping.yaml`);
}

function isMapping(file: string): boolean {
  return /\.mapping\.ya?ml$/.test(file);
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
            : isMapping(file)
              ? `leave ${file} out: it is a mapping itself, and is found beside its data`
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
function keepMapping(path: string, resolved: ResolvedMapping, origin: string): void {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.part`;
  writeFileSync(draft, `${originMark}${JSON.stringify(origin)}\n${writeMapping(resolved)}`);
  renameSync(draft, path);
}

const originMark = "# kept by gami; imported with ";

interface KeptMapping extends ResolvedMapping {
  /** The path of the mapping file at the time; null where the kept file does not say. */
  readonly origin: string | null;
}

function readKeptMapping(folder: string, version: string): KeptMapping {
  const path = keptPath(folder, version);
  if (!/^[0-9a-f]{32}$/.test(version) || !existsSync(path)) {
    throw new ConfigError(`the mapping of version ${version} is not in ${folder}: expected the file ${version}.yaml there`, {
      code: "MAPPING_NOT_KEPT",
      hint: "restore .gami/mappings from your backup, or import the original file again",
    });
  }
  const text = readFileSync(path, "utf8");
  const mapping = parseMapping(text, path);
  return { mapping, header: Array.isArray(mapping.header) ? mapping.header : [], origin: readOrigin(text) };
}

function readOrigin(text: string): string | null {
  const [first = ""] = text.split("\n", 1);
  if (!first.startsWith(originMark)) return null;
  const origin: unknown = JSON.parse(first.slice(originMark.length));
  return typeof origin === "string" ? origin : null;
}

/** The source is part of every key: by another mapping, corrected records would become records of somebody else. */
function checkSource(mapping: Mapping, source: string, place: string): void {
  if (`csv:${mapping.source}` === source) return;
  throw new ConfigError(`${place} is for csv:${mapping.source}, and the archived records are of ${source}`, {
    code: "MAPPING_OF_OTHER_SOURCE",
    hint: `name the mapping of ${source} with --mapping`,
  });
}
