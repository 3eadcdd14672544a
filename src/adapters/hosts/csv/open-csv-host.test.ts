import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, expect, test } from "vitest";
import { anAward, outgoing, person } from "../../../../test/support/outgoing.ts";
import type { MessagePayload } from "../../../domain/deliver/message.ts";
import { openCsvHost } from "./open-csv-host.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-csv-host-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function tell(path: string, ...payloads: readonly MessagePayload[]): Promise<string> {
  const host = openCsvHost({ name: "files", path });
  await host.send(payloads.map((payload) => outgoing(payload)));
  await host.close();
  return readFileSync(join(path, "awards.csv"), "utf8");
}

/** As docs/delivery.md says a file is read. */
function wholeRows(text: string): Record<string, string>[] {
  const rows: Record<string, string>[] = parse(text.slice(0, text.lastIndexOf("\n") + 1), { columns: true, relax_column_count: true });
  return rows.filter((row) => row.event_id?.length === 64);
}

test("wherever a line is cut short, it is told from a whole one, and stands again whole", async () => {
  const path = join(folder, "cut");
  const [first, cut, next] = [
    anAward(person("a0001")),
    anAward(person("a0002"), { reason: 'he said "below 240 s", and a "🏆"' }),
    anAward(person("a0003")),
  ];
  const before = Buffer.from(await tell(path, first));
  const whole = Buffer.from(await tell(path, cut));
  const rows = wholeRows(whole.toString());
  expect(rows.map((row) => row.user_id)).toEqual(["a0001", "a0002"]);
  for (let length = before.length + 1; length < whole.length - 1; length += 1) {
    writeFileSync(join(path, "awards.csv"), whole.subarray(0, length));
    const again = wholeRows(await tell(path, next, first, cut));
    expect(again.map((row) => row.user_id)).toEqual(["a0001", "a0003", "a0002"]);
    expect(again[2]).toEqual(rows[1]);
  }
});

test("a line stays one line, whatever is in a name", async () => {
  const text = await tell(join(folder, "lines"), anAward(person("a0001"), { name: "one\rtwo\r\nthree\nfour" }));
  expect(text.split(/[\r\n]/)).toHaveLength(3);
  expect(wholeRows(text)).toMatchObject([{ name: "one two three four" }]);
});
