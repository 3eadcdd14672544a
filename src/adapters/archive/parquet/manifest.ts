import * as z from "zod";
import { WarehouseError } from "../../../errors.ts";
import type { BatchManifest } from "../../../ports/archive.ts";

const count = z.number().int().nonnegative();
const interval = z.object({ from: z.number(), to: z.number() });
const zoneOffset = z.object({
  zone: z.string(),
  startsAt: z.number(),
  endsAt: z.number(),
  offsetSeconds: z.number().int(),
  tzVersion: z.string(),
});

const manifestShape = z.object({
  version: z.literal(1),
  batchId: z.string().regex(/^[0-9a-f]{32}$/),
  source: z.string().min(1),
  stream: z.string().min(1),
  seq: z.number().int().positive(),
  fence: z.number().int().positive(),
  mapperVersion: z.string(),
  recordedAt: z.iso.datetime(),
  position: z.string().nullable(),
  received: count,
  retryOf: z.string().nullable(),
  path: z.string().nullable(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  totals: z
    .object({ received: count, new: count, changed: count, unchanged: count, duplicate: count, filtered: count, quarantined: count })
    .nullable(),
  input: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("setting"), settings: z.record(z.string(), z.string()) }),
      z.object({ kind: z.literal("zone_offset"), offsets: z.array(zoneOffset) }),
    ])
    .nullable(),
  touched: z.array(interval).nullable(),
});

/** @throws WarehouseError when the text is no manifest: the archive was changed by hand, or is not ours. */
export function parseManifest(text: string, place: string): BatchManifest {
  const parsed = manifestShape.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const fault = parsed.error.issues[0];
  throw new WarehouseError(`${place} is no manifest of a batch: ${fault?.path.join(".") ?? ""} ${fault?.message ?? ""}`, {
    code: "ARCHIVE_MANIFEST",
    hint: "restore this file from a backup, or move it out of the archive when it is not gami's",
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
