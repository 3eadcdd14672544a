import { expect, test } from "vitest";
import { prepareEndOfDay } from "./read-figures.ts";

const endOfDay = prepareEndOfDay();

test.each([
  ["Europe/Berlin", "2024-01-15", "2024-01-15T23:00:00Z"],
  ["America/Santiago", "2024-09-07", "2024-09-08T04:00:00Z"],
  ["America/Havana", "2024-03-09", "2024-03-10T05:00:00Z"],
  ["America/Sao_Paulo", "2018-11-03", "2018-11-04T03:00:00Z"],
  ["Africa/Cairo", "2024-04-25", "2024-04-25T22:00:00Z"],
  ["Pacific/Apia", "2011-12-29", "2011-12-30T10:00:00Z"],
])("[T32] a day ends where the next begins, also where clocks skip midnight: %s, %s", (zone, date, end) => {
  expect(endOfDay(zone, date)).toBe(Date.parse(end));
});

test.each([
  ["America/Havana", "2024-11-02", "2024-11-03T04:00:00Z"],
  ["America/Sao_Paulo", "2019-02-16", "2019-02-17T03:00:00Z"],
])(
  "[T32] where clocks show midnight twice the day ends at the first, and where they go back at midnight it is 25 hours long: %s",
  (zone, date, end) => {
    expect(endOfDay(zone, date)).toBe(Date.parse(end));
  },
);
