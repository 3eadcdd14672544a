import { expect, test } from "vitest";
import { emptyRecord } from "../../domain/records/record.ts";
import { StoppedError } from "../../errors.ts";
import type { FileSource } from "../../ports/file-source.ts";
import type { SourceItem } from "../../ports/source.ts";
import { checkFiles } from "./import-csv-dry-run.ts";

/** A file source that has these items in every file. */
function filesWith(items: readonly SourceItem[]): FileSource {
  return {
    open: async ({ file }) => ({
      file,
      mapping: "m.yaml",
      bytes: 1,
      bytesRead: () => 1,
      keepMapping: () => {
        throw new Error("a dry run keeps nothing");
      },
      read: {
        source: "csv:shop",
        streams: ["interaction"],
        mapperVersion: "0",
        zone: null,
        datedBy: null,
        items: async function* () {
          yield items;
        },
      },
    }),
    infer: async () => "",
    remapper: async () => {
      throw new Error("not used here");
    },
  };
}

function interaction(place: string, fields: Record<string, number | string>): SourceItem {
  return {
    kind: "record",
    place,
    stream: "interaction",
    record: { ...emptyRecord("interaction"), interaction_id: place, ...fields },
    payload: "[]",
  };
}

const never = new AbortController().signal;
const handle = (place: string, handleMs: number) =>
  interaction(place, { talk_ms: 180_000, hold_ms: 15_000, after_call_ms: 50_000, handle_ms: handleMs });

test("[G9] [T81] talk 180, hold 15 and after-call work 50 make a handle time of 245 seconds; 246 would be quarantined, with its count", async () => {
  const [file] = await checkFiles(filesWith([handle("2", 245_000), handle("3", 246_000), handle("4", 246_000)]), {
    files: ["a.csv"],
    mapping: null,
    signal: never,
  });
  expect(file?.totals).toEqual({ received: 3, mapped: 1, filtered: 0, quarantined: 2 });
  expect(file?.rejects).toMatchObject([
    { reason: "handle_mismatch", field: "handle_ms", count: 2, examples: [{ place: "3" }, { place: "4" }] },
  ]);
});

test("[T103] ids are opaque: odd ones pass, control characters and more than 256 characters do not", async () => {
  const ids = ["i9876543-x", "usr_7g8h-9i0j", "ä/日本", "x".repeat(256), "x".repeat(257), "a\u0007b", ""];
  const items = ids.map((id) => interaction(id, { interaction_id: id }));
  const [file] = await checkFiles(filesWith(items), { files: ["a.csv"], mapping: null, signal: never });
  expect(file?.totals).toEqual({ received: 7, mapped: 4, filtered: 0, quarantined: 3 });
});

test("every item is in exactly one total", async () => {
  const items: SourceItem[] = [
    { kind: "filtered", place: "2", payload: "[]" },
    { kind: "reject", place: "3", reject: { reason: "not_a_date", field: "d", value: "x" }, payload: "[]" },
    interaction("4", {}),
  ];
  const files = await checkFiles(filesWith(items), { files: ["a.csv", "b.csv"], mapping: null, signal: never });
  expect(files.map(({ file, totals }) => [file, totals])).toEqual([
    ["a.csv", { received: 3, mapped: 1, filtered: 1, quarantined: 1 }],
    ["b.csv", { received: 3, mapped: 1, filtered: 1, quarantined: 1 }],
  ]);
});

test("a stop ends it with the stop's own error", async () => {
  const stop = new AbortController();
  stop.abort(new StoppedError("SIGINT", { code: "STOPPED" }));
  await expect(
    checkFiles(filesWith([interaction("2", {})]), { files: ["a.csv"], mapping: null, signal: stop.signal }),
  ).rejects.toBeInstanceOf(StoppedError);
});
