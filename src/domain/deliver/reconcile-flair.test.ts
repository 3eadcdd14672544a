import { expect, test } from "vitest";
import { renderingOf, syncStatus } from "./flair-status.ts";
import type { KnownFlair } from "./plan-flair.ts";
import { type Compared, compareFlair, compareVersions, type Shown, versionAfter } from "./reconcile-flair.ts";

const known: KnownFlair = {
  agentId: "ann",
  host: "genesys",
  epoch: 2,
  version: 5,
  wanted: '{"name":"Gold"}',
  deliveredVersion: 5,
  deliveredAt: 1,
};
const wanted = { flair_tier: "TIER_3", flair_version: "2.5" };
const shownAs = (attributes: Readonly<Record<string, string>>, epoch: number | null, version: number | null): Shown => ({
  kind: "known",
  attributes,
  epoch,
  version,
});
const compare = (changes: Partial<Compared>) => compareFlair({ known, wanted, shown: shownAs({}, null, null), outbox: "none", ...changes });

test("[S3-R32] what is shown as wanted is left alone, whatever the outbox says", () => {
  expect(compare({ shown: shownAs({ ...wanted }, 2, 5), outbox: "stuck" })).toEqual({ kind: "equal" });
});

test.each<[string, Partial<Compared>]>([
  ["missing", {}],
  ["older", { shown: shownAs({ flair_tier: "TIER_1", flair_version: "2.4" }, 2, 4) }],
  ["older", { shown: shownAs({ flair_tier: "TIER_1", flair_version: "1.99" }, 1, 99) }],
  ["newer", { shown: shownAs({ flair_tier: "TIER_1", flair_version: "2.6" }, 2, 6) }],
  ["edited", { shown: shownAs({ flair_tier: "TIER_9", flair_version: "2.5" }, 2, 5) }],
  ["leftover", { known: null, wanted: {}, shown: shownAs({ flair_tier: "TIER_1" }, null, null) }],
  ["leftover", { known: { ...known, wanted: null }, wanted: { flair_version: "2.5" }, shown: shownAs({ flair_tier: "TIER_1" }, 2, 4) }],
])("[S3-R32] a divergence is told by its cause: %s", (cause, changes) => {
  expect(compare(changes)).toEqual({ kind: "diverged", cause, isSent: true });
});

test("what is on its way is waited for, what is stuck is told and not sent again, and who is unknown is not diverged", () => {
  expect(compare({ outbox: "waiting" })).toEqual({ kind: "waiting" });
  expect(compare({ outbox: "stuck" })).toEqual({ kind: "diverged", cause: "stuck", isSent: false });
  expect(compare({ shown: { kind: "unknown" } })).toEqual({ kind: "unknown" });
});

test("[T89] versions are compared with versions: by epoch first, then by number", () => {
  expect(compareVersions({ epoch: 2, version: 1 }, { epoch: 1, version: 9 })).toBeGreaterThan(0);
  expect(compareVersions({ epoch: 2, version: 1 }, { epoch: 2, version: 1 })).toBe(0);
  expect(compareVersions({ epoch: null, version: null }, { epoch: 1, version: 0 })).toBeLessThan(0);
});

test("[T88] [S3-R38] the status follows from versions and the outbox, not from what a record says of itself", () => {
  expect(syncStatus({ version: 5, deliveredVersion: 5 }, "none")).toBe("COMMITTED");
  expect(syncStatus({ version: 6, deliveredVersion: 5 }, "waiting")).toBe("PENDING");
  expect(syncStatus({ version: 6, deliveredVersion: 5 }, "stuck")).toBe("OUT_OF_SYNC");
  expect(syncStatus({ version: 1, deliveredVersion: null }, "none")).toBe("OUT_OF_SYNC");
});

test("[S3-R37] [S3-R38] only committed flair is rendered; the rest is neutral", () => {
  expect(renderingOf(known, "none")).toEqual({ status: "COMMITTED", flair: known.wanted });
  expect(renderingOf({ ...known, version: 6 }, "waiting")).toEqual({ status: "PENDING", flair: null });
  expect(renderingOf({ ...known, version: 6 }, "stuck")).toEqual({ status: "OUT_OF_SYNC", flair: null });
});

test("[T88] a repair goes over what is shown, or is left where another store gave the version", () => {
  expect(versionAfter({ epoch: 1, version: 4 }, { epoch: 1, version: 4 }, 1)).toEqual({ epoch: 1, version: 5 });
  expect(versionAfter({ epoch: 1, version: 4 }, { epoch: null, version: null }, 1)).toEqual({ epoch: 1, version: 5 });
  // Restored from a backup: the next epoch stands above everything told since.
  expect(versionAfter({ epoch: 1, version: 4 }, { epoch: 1, version: 9 }, 2)).toEqual({ epoch: 2, version: 5 });
  // Nothing is known of this agent: the version is free.
  expect(versionAfter(null, { epoch: 1, version: 9 }, 1)).toEqual({ epoch: 1, version: 10 });
  expect(versionAfter({ epoch: 1, version: 4 }, { epoch: 1, version: 9 }, 1)).toBeNull();
  expect(versionAfter({ epoch: 1, version: 4 }, { epoch: 7, version: 1 }, 2)).toBeNull();
});
