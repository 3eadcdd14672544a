import { AuthError, GamiError } from "../../errors.ts";
import { exitCodeOf } from "../../exit-codes.ts";
import type { Platform, ReadDescription } from "../../ports/platform.ts";
import { type Check, failed, passed } from "./check-project.ts";

const dayMs = 86_400_000;

/**
 * Asks a platform for the beginning of what each read would bring of yesterday. What the service account may not do is named
 * as `extract --list` names it; credentials that are refused end the asking.
 */
export async function checkPlatform(platform: Platform, now: number): Promise<Check> {
  const { source, contract, reads } = platform;
  const missing: string[] = [];
  for (const read of reads) {
    const error = await errorOf(platform, read, now);
    if (error === null) continue;
    const said = `${read.name}: ${error.message}`;
    if (!isMissingPermission(error)) return failed(source, said, error.hint ?? "run the command again with --verbose", exitCodeOf(error));
    missing.push(`${read.name} needs ${read.permission}`);
  }
  if (missing.length === 0) return passed(source, `${contract} contract, all ${reads.length} reads allowed`);
  const detail = [`${missing.length} of ${reads.length} reads not allowed`, ...missing].join("\n");
  return failed(source, detail, "give the service account these permissions, or leave the reads out with --stream", 4);
}

function isMissingPermission(error: GamiError): boolean {
  return error instanceof AuthError && error.code === "PERMISSION_MISSING";
}

async function errorOf(platform: Platform, read: ReadDescription, now: number): Promise<GamiError | null> {
  const to = Math.floor(now / dayMs) * dayMs;
  try {
    await platform.available(read);
    // A moment long before, so that what is asked about older records is asked, and nothing of it read.
    for await (const _page of platform.pages(read, { from: to - dayMs, to }, null, [{ from: 0, to: 1 }])) break;
    return null;
  } catch (error) {
    if (error instanceof GamiError) return error;
    throw error;
  }
}
