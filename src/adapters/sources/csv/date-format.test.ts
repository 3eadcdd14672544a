import fc from "fast-check";
import { DateTime } from "luxon";
import { expect, test } from "vitest";
import { compileFormat, FormatFault, isoDate } from "./date-format.ts";
import { compileMoment } from "./moment.ts";

const dayMs = 86_400_000;

function readUtc(format: string, text: string, pivot = 70): string | null {
  const parts = compileMoment([format], pivot)(text);
  if (parts === null) return null;
  return new Date((parts.epochDay ?? 0) * dayMs + (parts.millisecondOfDay ?? 0) - (parts.offsetMs ?? 0)).toISOString();
}

const instants = fc.date({ min: new Date("1970-01-01T00:00:00Z"), max: new Date("2069-12-31T23:59:59Z"), noInvalidDate: true });

test.each([
  "yyyy-MM-dd HH:mm:ss",
  "dd.MM.yyyy H:mm:ss",
  "M/d/yyyy h:mm:ss a",
  "d MMM yyyy HH:mm:ss",
  "yyMMdd HHmmss",
  "MMMM d, yyyy hh:mm:ss a",
  "yyyyMMdd'T'HHmmss",
  "yyyy-MM-dd HH:mm:ss.SSS",
])("%s reads what luxon writes in it", (format) => {
  fc.assert(
    fc.property(instants, (date) => {
      const keepsMillis = format.includes("SSS");
      const at = DateTime.fromMillis(keepsMillis ? date.getTime() : Math.floor(date.getTime() / 1000) * 1000, { zone: "utc" });
      expect(readUtc(format, at.toFormat(format, { locale: "en" }))).toBe(at.toJSDate().toISOString());
    }),
  );
});

test.each([
  ["990201", 70, "1999-02-01"],
  ["690201", 70, "2069-02-01"],
  ["700201", 70, "1970-02-01"],
  ["000229", 70, "2000-02-29"],
  ["990201", 100, "2099-02-01"],
  ["000201", 0, "1900-02-01"],
])("a two-digit year in %s with the pivot %d gives %s", (text, pivot, expected) => {
  expect(readUtc("yyMMdd", text, pivot)?.slice(0, 10)).toBe(expected);
});

test.each([
  ["yyyy-MM-dd", "2023-02-29"],
  ["yyyy-MM-dd", "2023-04-31"],
  ["yyyy-MM-dd", "2023-13-01"],
  ["yyyy-MM-dd", "2023-00-01"],
  ["yyyy-MM-dd", "2023-1-01"],
  ["yyyy-MM-dd", "2023-01-01x"],
  ["H:mm:ss", "24:00:01"],
  ["H:mm:ss", "12:60:00"],
  ["h:mm a", "13:00 pm"],
  ["h:mm a", "0:30 am"],
  ["iso-8601", "2021-04-2T15:30:51.418Z"],
  ["iso-8601", "2021-04-02T25:30:51Z"],
  ["epoch_seconds", "soon"],
  ["excel_serial", "59"],
])("%s refuses %j", (format, text) => {
  expect(readUtc(format, text)).toBeNull();
});

test.each([
  ["iso-8601", "2021-04-01T12:27:53.386Z", "2021-04-01T12:27:53.386Z"],
  ["iso-8601", "2021-04-01T12:27:53.386999+02:00", "2021-04-01T10:27:53.386Z"],
  ["iso-8601", "2021-04-01 12:27", "2021-04-01T12:27:00.000Z"],
  ["iso-8601", "2021-04-01T24:00:00", "2021-04-02T00:00:00.000Z"],
  ["h:mm a", "12:05 AM", "1970-01-01T00:05:00.000Z"],
  ["h:mm a", "12:05 pm", "1970-01-01T12:05:00.000Z"],
  ["yyyy-MM-dd HH:mm ZZ", "2021-04-01 12:27 -0330", "2021-04-01T15:57:00.000Z"],
  ["epoch_seconds", "1649237444.949", "2022-04-06T09:30:44.949Z"],
  ["epoch_milliseconds", "1649237444949", "2022-04-06T09:30:44.949Z"],
  ["excel_serial", "36192.293599537", "1999-02-01T07:02:47.000Z"],
  ["excel_serial", "61", "1900-03-01T00:00:00.000Z"],
  ["excel_serial_1904", "0", "1904-01-01T00:00:00.000Z"],
  ["day_fraction", "0.75", "1970-01-01T18:00:00.000Z"],
])("%s reads %j as %s", (format, text, expected) => {
  expect(readUtc(format, text)).toBe(expected);
});

test("an instant that ends in Z is read as the same one that ends in +00:00, also with a character changed", () => {
  const instants = fc.date({ min: new Date("0000-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true });
  const changes = fc.tuple(fc.nat(22), fc.constantFrom(..."0123459 -:.TZa"));
  fc.assert(
    fc.property(instants, fc.option(changes), (instant, change) => {
      const text = instant.toISOString().slice(0, -1);
      const changed = change === null ? text : text.slice(0, change[0]) + change[1] + text.slice(change[0] + 1);
      expect(readUtc("iso-8601", `${changed}Z`)).toBe(readUtc("iso-8601", `${changed}+00:00`));
      if (change === null) expect(readUtc("iso-8601", `${text}Z`)).toBe(`${text}Z`);
    }),
  );
});

test("every second of a day survives the day fraction a spreadsheet stores, at fifteen digits", () => {
  fc.assert(
    fc.property(fc.nat(86_399), (second) => {
      const serial = (36_192 + second / 86_400).toPrecision(15);
      expect(readUtc("excel_serial", serial)).toBe(new Date(Date.UTC(1999, 1, 1) + second * 1000).toISOString());
    }),
  );
});

test.each([
  ["yymmdd", "mm are minutes; months are MM"],
  ["yyyy-MM", "a date needs a year"],
  ["h:mm", "needs a (am/pm)"],
  ["H:mm a", "needs a 12-hour clock"],
  ["qq", '"qq" is not a date or time token'],
  ["yyyy-MM-DD", '"DD" is not a date or time token'],
  ["mm:ss", "neither a date nor an hour"],
])("the format %j is refused, and why", (format, reason) => {
  expect(() => compileFormat(format, 70)).toThrow(FormatFault);
  expect(() => compileFormat(format, 70)).toThrow(reason);
});

test("days before 1970 have negative numbers and the same dates", () => {
  expect(isoDate(-1)).toBe("1969-12-31");
  expect(readUtc("yyyy-MM-dd", "1900-01-01")).toBe("1900-01-01T00:00:00.000Z");
});
