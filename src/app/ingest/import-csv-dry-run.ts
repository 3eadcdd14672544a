import { prepareCheckDeletion, prepareCheckRecord } from "../../domain/records/invariants.ts";
import { streamDefinition } from "../../domain/records/streams.ts";
import { StoppedError } from "../../errors.ts";
import type { FileSource, OpenedFile } from "../../ports/file-source.ts";
import { createRejectSummary, type RejectSummary } from "./summarise-rejects.ts";

/** `received = mapped + filtered + quarantined`; what of the mapped is new only a load can tell. */
export interface DryRunTotals {
  readonly received: number;
  readonly mapped: number;
  readonly filtered: number;
  readonly quarantined: number;
}

export interface CheckedFile {
  readonly file: string;
  readonly mapping: string;
  readonly source: string;
  readonly stream: string;
  readonly mapperVersion: string;
  readonly totals: DryRunTotals;
  readonly rejects: readonly RejectSummary[];
}

export interface DryRunRequest {
  readonly files: readonly string[];
  readonly mapping: string | null;
  readonly signal: AbortSignal;
}

/** Reads, maps and checks files without opening the warehouse or writing anything. */
export async function checkFiles(files: FileSource, { files: names, mapping, signal }: DryRunRequest): Promise<CheckedFile[]> {
  const checked: CheckedFile[] = [];
  for (const file of names) checked.push(await checkFile(await files.open({ file, mapping }), signal));
  return checked;
}

async function checkFile({ file, mapping, read }: OpenedFile, signal: AbortSignal): Promise<CheckedFile> {
  const checks = new Map(read.streams.map((name) => [name, checksOf(name)]));
  const rejects = createRejectSummary();
  const counts = { received: 0, mapped: 0, filtered: 0, quarantined: 0 };
  for await (const chunk of read.items()) {
    if (signal.aborted && signal.reason instanceof StoppedError) throw signal.reason;
    for (const item of chunk) {
      counts.received += 1;
      const check = item.kind === "record" ? checks.get(item.stream) : undefined;
      const fault = item.kind === "record" ? (item.isDeleted ? check?.deletion : check?.record)?.(item.record) : null;
      const reject = item.kind === "reject" ? item.reject : (fault ?? null);
      if (reject !== null) {
        counts.quarantined += 1;
        rejects.add(item.place, reject);
      } else if (item.kind === "filtered") counts.filtered += 1;
      else counts.mapped += 1;
    }
  }
  const described = { file, mapping, source: read.source, stream: read.streams.join(","), mapperVersion: read.mapperVersion };
  return { ...described, totals: counts, rejects: rejects.list() };
}

function checksOf(name: OpenedFile["read"]["streams"][number]) {
  const definition = streamDefinition(name);
  return { record: prepareCheckRecord(definition), deletion: prepareCheckDeletion(definition) };
}
