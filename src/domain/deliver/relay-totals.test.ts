import { expect, test } from "vitest";
import { addRelayTotals, countEnd, noRelayTotals, type RelayEnd } from "./relay-totals.ts";

const ends: readonly RelayEnd[] = ["delivered", "duplicate", "superseded", "retried", "held", "dead", "lost"];

test("[T12] [D8] every attempt has one end, and the sums of hosts are sums of ends", () => {
  const one = ends.reduce(countEnd, noRelayTotals);
  expect(one).toEqual({ attempts: 7, delivered: 1, duplicate: 1, superseded: 1, retried: 1, held: 1, dead: 1, lost: 1 });
  const both = addRelayTotals(one, countEnd(noRelayTotals, "delivered"));
  expect(both).toMatchObject({ attempts: 8, delivered: 2 });
  expect(ends.reduce((sum, end) => sum + both[end], 0)).toBe(both.attempts);
});
