import { hash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { rename } from "node:fs/promises";
import { dirname, isAbsolute, join, relative } from "node:path";
import { maxBatchRecords } from "../../../domain/load/batch-id.ts";
import { lineQuote } from "../../../domain/records/canonical-line.ts";
import { sourceFamilies, sourceFamily, streamNames } from "../../../domain/records/streams.ts";
import { WarehouseError } from "../../../errors.ts";
import type { Archive, ArchivedRow, BatchManifest, BatchSpool } from "../../../ports/archive.ts";
import { fileColumns } from "../../warehouses/batch-columns.ts";
import { duckdbDialect, quoteName, quoteText } from "../../warehouses/duckdb/dialect.ts";
import { type Database, openDatabase } from "../../warehouses/duckdb/driver.ts";
import { diskFailure, explainDiskFailure } from "./disk.ts";
import { fileHash, listNames, readText, renameDurably, syncPath, writeDurably } from "./files.ts";
import { parseManifest } from "./manifest.ts";
import { createSpool, sweepSpools, type TextSpool } from "./spool.ts";

export interface ParquetArchiveConfig {
  readonly path: string;
}

const pendingSuffix = ".pending.json";
/** The pending suffix ends in it too. */
const committedSuffix = ".json";
/** A payload of 1 MB whose every byte is a quote, a canonical line of 2 MB, and the rest. */
const maxLineBytes = 6 * 1024 * 1024;
/** The reader's default is sixteen longest lines, touched anew for each batch. */
const readBufferBytes = 2 * maxLineBytes;
/** A quarter of a batch: the writer holds one group in memory, several times over. */
const rowGroupRecords = maxBatchRecords / 4;
/** Looking for repeated texts costs a third of the writing and saves nothing that zstd does not find. */
const dictionaryEntries = 1;

/**
 * One zstd Parquet file per batch under `<family>_<stream>/<seq>.<fence>.<batch id>.parquet`, its manifest beside it.
 * DuckDB writes the files whatever the warehouse is.
 */
export function openParquetArchive({ path: root }: ParquetArchiveConfig): Archive {
  const spoolFolder = join(root, ".spool");
  const spools = new Map<BatchSpool, TextSpool>();
  const database = openDatabase({
    path: ":memory:",
    memoryLimit: "512MB",
    threads: 1,
    lockWaitSeconds: 0,
    idleReleaseMillis: 5_000,
    onWait: () => undefined,
    prepare: async () => undefined,
  });
  let hasSwept = false;
  const resolvePath = (archivePath: string) => resolveInside(root, archivePath);

  async function writeManifest(manifest: BatchManifest): Promise<BatchManifest> {
    await writeDurably(join(root, manifestName(manifest, pendingSuffix)), `${JSON.stringify(manifest, null, 1)}\n`);
    return manifest;
  }

  async function readManifests(folder: string): Promise<FoundManifest[]> {
    const names = (await listNames(join(root, folder))).filter((name) => name.endsWith(committedSuffix));
    const found: FoundManifest[] = [];
    for (const name of names) {
      const text = await readText(join(root, folder, name));
      if (text !== null) found.push({ manifest: parseManifest(text, join(folder, name)), isPending: name.endsWith(pendingSuffix) });
    }
    return found;
  }

  return {
    spool(stream) {
      explainDiskFailure(root, () => mkdirSync(spoolFolder, { recursive: true }));
      if (!hasSwept) sweepSpools(spoolFolder);
      hasSwept = true;
      const spool = createSpool(spoolFolder, stream);
      const handle: BatchSpool = {
        append: spool.append,
        contentHash: spool.contentHash,
        async discard() {
          spools.delete(handle);
          await spool.discard();
        },
      };
      spools.set(handle, spool);
      return handle;
    },
    async write(handle, draft) {
      const spool = spools.get(handle);
      if (spool === undefined) throw new RangeError("this spool was discarded, or belongs to another archive");
      spool.finish();
      const archivePath = manifestName(draft, ".parquet");
      const path = join(root, archivePath);
      try {
        mkdirSync(dirname(path), { recursive: true });
        await writeParquet(database, spool, `${path}.tmp`);
        await syncPath(`${path}.tmp`);
        await renameDurably(`${path}.tmp`, path);
        const sha256 = await fileHash(path);
        if (sha256 === null) throw new Error(`${path} vanished while it was written`);
        return await writeManifest({ version: 1, ...draft, path: archivePath, sha256, totals: null, input: null, touched: null });
      } catch (error) {
        throw diskFailure(path, error);
      } finally {
        await handle.discard();
      }
    },
    async writeInput(draft, input, touched) {
      const sha256 = hash("sha256", JSON.stringify({ input, touched }));
      try {
        return await writeManifest({ version: 1, ...draft, path: null, sha256, totals: null, input, touched });
      } catch (error) {
        throw diskFailure(root, error);
      }
    },
    async settle(manifest, totals) {
      const pending = join(root, manifestName(manifest, pendingSuffix));
      const committed = join(root, manifestName(manifest, committedSuffix));
      try {
        // The committed name appears only with its totals inside; the pending one goes last.
        await writeDurably(pending, `${JSON.stringify({ ...manifest, totals }, null, 1)}\n`);
        await rename(pending, committed);
      } catch (error) {
        throw diskFailure(committed, error);
      }
    },
    async pending(source, stream) {
      const found = await readManifests(`${sourceFamily(source)}_${stream}`);
      return found.filter(({ isPending }) => isPending).map(({ manifest }) => manifest);
    },
    async lastSeq(source, stream) {
      const names = await listNames(join(root, `${sourceFamily(source)}_${stream}`));
      const confirmed = names.filter((name) => name.endsWith(committedSuffix) && !name.endsWith(pendingSuffix));
      return confirmed.reduce((last, name) => Math.max(last, Number.parseInt(name, 10) || 0), 0);
    },
    async committed() {
      const folders = [
        ...sourceFamilies.flatMap((family) => streamNames.map((stream) => `${family}_${stream}`)),
        "gami_setting",
        "gami_zone_offset",
      ];
      const all: BatchManifest[] = [];
      for (const folder of folders) all.push(...chooseCommitted(await readManifests(folder)));
      return all;
    },
    async *rows(manifest) {
      if (manifest.path === null) return;
      yield* readRows(database, resolvePath(manifest.path));
    },
    resolve: resolvePath,
    sha256: (archivePath) => fileHash(resolvePath(archivePath)),
    async close() {
      for (const handle of spools.keys()) await handle.discard();
      await database.release();
    },
  };
}

type NamedBatch = Pick<BatchManifest, "source" | "stream" | "seq" | "fence" | "batchId">;

function manifestName({ source, stream, seq, fence, batchId }: NamedBatch, suffix: string): string {
  return `${sourceFamily(source)}_${stream}/${String(seq).padStart(8, "0")}.${fence}.${batchId}${suffix}`;
}

interface FoundManifest {
  readonly manifest: BatchManifest;
  readonly isPending: boolean;
}

/**
 * A batch that is still pending may have been committed just before a crash: it counts when no confirmed one has its
 * number. Of several, whoever claimed last. After a gap nothing can have been committed.
 */
function chooseCommitted(found: readonly FoundManifest[]): BatchManifest[] {
  const bySeq = new Map<number, FoundManifest>();
  for (const candidate of found) {
    const rival = bySeq.get(candidate.manifest.seq);
    if (rival === undefined || outranks(candidate, rival)) bySeq.set(candidate.manifest.seq, candidate);
  }
  const chosen: BatchManifest[] = [];
  for (let seq = 1; ; seq++) {
    const next = bySeq.get(seq);
    if (next === undefined) return chosen;
    chosen.push(next.manifest);
  }
}

function outranks(one: FoundManifest, other: FoundManifest): boolean {
  if (one.isPending !== other.isPending) return other.isPending;
  return one.manifest.fence > other.manifest.fence;
}

async function writeParquet(database: Database, spool: TextSpool, path: string): Promise<void> {
  const columns = fileColumns(spool.stream);
  const types = columns.map(([name, type]) => `${quoteName(name)}: ${quoteText(duckdbDialect.types[type])}`).join(", ");
  await database.use(async (connection) => {
    await connection.run(`
      copy (
          select *
          from read_csv(
              ${quoteText(spool.path)},
              columns = {${types}},
              auto_detect = false, header = false, parallel = false,
              delim = '\t', quote = '${lineQuote}', escape = '${lineQuote}',
              nullstr = '', allow_quoted_nulls = false,
              max_line_size = ${maxLineBytes}, buffer_size = ${readBufferBytes}
          )
      ) to ${quoteText(path)} (
          format parquet, parquet_version v2, compression zstd, compression_level 1, row_group_size ${rowGroupRecords},
          dictionary_size_limit ${dictionaryEntries}
      )`);
  });
}

async function* readRows(database: Database, path: string): AsyncIterable<readonly ArchivedRow[]> {
  // A connection lives as long as the work; the rows of one batch fit into memory by its bound.
  const rows = await database.use((connection) =>
    connection.rows(`select place, kind, payload from read_parquet(${quoteText(path)}) order by ordinal`),
  );
  yield rows.map(({ place, kind, payload }) => ({
    place: String(place),
    kind: kind === "record" || kind === "deletion" || kind === "filtered" ? kind : "reject",
    payload: typeof payload === "string" ? payload : null,
  }));
}

/** Paths come from manifests and meta.batch, which a stranger may have written. */
function resolveInside(root: string, archivePath: string): string {
  const path = join(root, archivePath);
  const inside = relative(root, path);
  if (!isAbsolute(archivePath) && !inside.startsWith("..") && !isAbsolute(inside)) return path;
  throw new WarehouseError(`the archive path ${archivePath} leads out of ${root}`, {
    code: "ARCHIVE_PATH",
    hint: "run 'gami warehouse verify': the batch records were changed by hand",
  });
}
