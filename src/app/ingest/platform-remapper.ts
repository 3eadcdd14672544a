import { emptyRecord } from "../../domain/records/record.ts";
import type { StreamName } from "../../domain/records/streams.ts";
import type { Platform } from "../../ports/platform.ts";
import type { SourceItem } from "../../ports/source.ts";
import type { Remapper, SourceDocument } from "./remapper.ts";

/** What a platform's records are read again by; null when another contract read them first, or the platform cannot. */
export function platformRemapper(platform: Platform, mapperVersion: string, stream: StreamName): Remapper | null {
  if (!mapperVersion.includes(`-${platform.contract}-`)) return null;
  const reader = platform.documents?.(stream) ?? null;
  if (reader === null) return null;
  return {
    map: (document) => deletionOf(document, stream) ?? reader.read(document),
    mapperVersion: platform.mapperVersion,
    datedBy: null,
    streams: reader.streams,
    documentOf: reader.documentOf,
  };
}

/** A row that a whole document had lost was archived as what was known of it. */
function deletionOf({ place, payload }: SourceDocument, stream: StreamName): SourceItem[] | null {
  const content: unknown = JSON.parse(payload);
  if (typeof content !== "object" || content === null || !("gone" in content)) return null;
  const { gone } = content;
  if (typeof gone !== "object" || gone === null) return null;
  return [{ kind: "record", place, stream, record: { ...emptyRecord(stream), ...gone }, isDeleted: true, payload }];
}
