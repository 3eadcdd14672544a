import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/support/csv-files.ts";
import { gami, type Ran } from "../../../test/support/gami.ts";
import { requireOrSkip, sharedData } from "../../../test/support/require.ts";

/** The built program on real files: exit codes, totals that add up, and nothing half loaded. */
const mapping =
  "source: shop\nstream: interaction\nzone: Europe/Berlin\ncolumns: {interaction_id: id, agent_native_id: agent, entered_at: at, talk_ms: {column: talk, unit: seconds}, handle_ms: {sum: [talk_ms]}}\n";
const rows = (count: number, talk = "60") =>
  Array.from({ length: count }, (_, index) => `${index},a${index % 3},2025-02-03 10:00:00,${talk}`).join("\n");
const content = `id,agent,at,talk\n${rows(200)}\n`;

let project: ReturnType<typeof temporaryFolder>;
beforeAll(async () => {
  project = temporaryFolder();
  const made = await gami(project.path, "init", "--yes", "--zone", "Europe/Berlin");
  expect(made.code).toBe(0);
  return () => project[Symbol.dispose]();
});

const json = ({ stdout }: Ran) => JSON.parse(stdout);

test("a file is loaded once, however often it is imported, and --again finds every row unchanged", async () => {
  project.write("calls.csv", content);
  project.write("calls.mapping.yaml", mapping);
  const first = await gami(project.path, "import", "csv", "calls.csv", "--json");
  expect([first.code, json(first)]).toMatchObject([0, { command: "import csv", status: "done", received: 200, new: 200, quarantined: 0 }]);
  const second = json(await gami(project.path, "import", "csv", "calls.csv", "--json"));
  expect(second).toMatchObject({ received: 200, new: 0, unchanged: 200 });
  expect(second.files[0]).toMatchObject({ source: "csv:shop", stream: "interaction", batches: 1, knownBatches: 1 });
  const again = json(await gami(project.path, "import", "csv", "calls.csv", "--again", "--json"));
  expect(again).toMatchObject({ received: 200, new: 0, unchanged: 200 });
  expect(again.files[0]).toMatchObject({ knownBatches: 0 });
});

test("every row is in exactly one total, and refused rows have line, column, value and reason", async () => {
  const odd = `id,agent,at,talk\n${rows(196)}\nx,a1,2025-02-30 10:00:00,60\ny,a1,2025-02-03 10:00:00,sixty\nz,a1\n0,a0,2025-02-03 10:00:00,61\nw,a1,2025-02-03 10`;
  const file = project.write("odd.csv", odd);
  const ran = await gami(project.path, "import", "csv", file, "--mapping", "calls.mapping.yaml", "--json");
  const report = json(ran);
  expect([ran.code, report.status]).toEqual([3, "rejects_over_limit"]);
  expect(report.received).toBe(201);
  expect(report.new + report.changed + report.unchanged + report.duplicate + report.filtered + report.quarantined).toBe(201);
  expect(report.quarantined).toBe(4);
  const refused = report.files[0].rejects.map(
    ({ reason, field, examples: [example] }: { reason: string; field: string | null; examples: { line: number; value: string }[] }) => [
      reason,
      field,
      example?.line,
      example?.value,
    ],
  );
  expect(refused.sort()).toEqual(
    [
      ["not_a_date", "at", 198, "2025-02-30 10:00:00"],
      ["not_a_number", "talk", 199, "sixty"],
      ["too_few_columns", null, 200, "2 columns instead of 4"],
      ["cut_off", null, 202, "3 columns instead of 4"],
    ].sort(),
  );
});

test("a share of rejects that is allowed exits 0", async () => {
  const ran = await gami(project.path, "import", "csv", "odd.csv", "--mapping", "calls.mapping.yaml", "--max-reject-share", "0.05");
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining("4 quarantined")]);
});

test("a small file full of rejects does not hide behind a large one", async () => {
  project.write("bad.csv", "id,agent,at,talk\n1,a,soon,60\n");
  project.write("bad.mapping.yaml", mapping);
  const ran = await gami(project.path, "import", "csv", "calls.csv", "bad.csv");
  expect(ran.code).toBe(3);
  expect(ran.stdout).toContain("bad.csv: 1 of 1 rows were rejected, more than the 1 % allowed");
});

test("a dry run says what would happen and writes nothing", async () => {
  using other = temporaryFolder();
  await gami(other.path, "init", "--yes", "--zone", "Europe/Berlin");
  other.write("calls.csv", content);
  other.write("calls.mapping.yaml", mapping);
  const ran = await gami(other.path, "import", "csv", "calls.csv", "--dry-run", "--json");
  expect(json(ran)).toMatchObject({ dryRun: true, received: 200, mapped: 200, filtered: 0, quarantined: 0 });
  expect([existsSync(join(other.path, "gami.duckdb")), existsSync(join(other.path, ".gami", "mappings"))]).toEqual([false, false]);
});

test("a proposal needs no project", async () => {
  using other = temporaryFolder();
  const ran = await gami(other.path, "import", "csv", other.write("calls.csv", "Call ID,Agent ID\n1,a\n2,b\n"), "--infer");
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining("interaction_id: Call ID")]);
});

test.each([
  ["a file that is not there", ["none.csv"], 6, "does not exist"],
  ["a file without a mapping beside it", ["lonely.csv"], 2, "--infer > lonely.mapping.yaml"],
  ["a mapping that is not there", ["calls.csv", "--mapping", "none.yaml"], 2, "none.yaml does not exist"],
  ["a mapping with faults", ["calls.csv", "--mapping", "faulty.yaml"], 2, "source (line 1)"],
  ["a mapping of other columns", ["calls.csv", "--mapping", "other.yaml"], 2, 'column "Nr" is not in the file'],
  ["an empty file", ["empty.csv", "--mapping", "calls.mapping.yaml"], 6, "is empty"],
  ["a workbook", ["book.csv", "--mapping", "calls.mapping.yaml"], 6, "Excel workbook"],
  ["the data as mapping", ["calls.csv", "--mapping", "calls.csv"], 2, "calls.csv"],
  ["two files to infer", ["calls.csv", "odd.csv", "--infer"], 2, "--infer looks at one file"],
  ["a share above one", ["calls.csv", "--max-reject-share", "7"], 2, "share between 0 and 1"],
])("%s is refused before anything is loaded", async (_what, args, code, words) => {
  project.write("lonely.csv", content);
  project.write("faulty.yaml", "source: NO\n");
  project.write("other.yaml", mapping.replace("interaction_id: id", "interaction_id: Nr"));
  project.write("empty.csv", "");
  project.write("book.csv", Buffer.from("504b030414000600", "hex"));
  const batches = () => readdirSync(join(project.path, "archive"), { recursive: true }).length;
  const before = batches();
  const ran = await gami(project.path, "import", "csv", ...args);
  expect([ran.code, ran.stdout]).toEqual([code, ""]);
  expect(ran.stderr).toContain(words);
  expect(batches()).toBe(before);
});

test("a good file before a bad one is not loaded either", async () => {
  project.write("fresh.csv", content.replaceAll("a1", "b1"));
  project.write("fresh.mapping.yaml", mapping.replace("shop", "fresh"));
  const ran = await gami(project.path, "import", "csv", "fresh.csv", "none.csv");
  expect(ran.code).toBe(6);
  expect(json(await gami(project.path, "cursors", "show", "--json"))).not.toMatchObject({
    cursors: expect.arrayContaining([expect.objectContaining({ source: "csv:fresh" })]),
  });
});

test.runIf(requireOrSkip("data"))(
  "the bank's log goes in whole, and no name of an agent is in anything gami wrote",
  { timeout: 120_000 },
  async () => {
    using bank = temporaryFolder();
    await gami(bank.path, "init", "--yes", "--zone", "Asia/Jerusalem");
    const file = sharedData("technion-anonymous-bank-feb1999", "data_anonymous_bank_february.txt");
    const given = join(import.meta.dirname, "../../../fixtures/csv/technion/calls.mapping.yaml");
    const ran = await gami(bank.path, "import", "csv", file, "--mapping", given, "--json");
    expect(json(ran)).toMatchObject({ received: 33_344, new: 33_344, quarantined: 0 });
    const written = readdirSync(bank.path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(written.length).toBeGreaterThan(4);
    for (const entry of written) {
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      for (const name of ["YIFAT", "ZOHARI", "BENSION", "SHARON"]) expect(bytes.includes(name), `${name} in ${entry.name}`).toBe(false);
    }
  },
);
