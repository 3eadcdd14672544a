import fc from "fast-check";
import { expect, test } from "vitest";
import { bestEntitlement, type FlairEntitlement, wantedFlair } from "./flair.ts";

const day = 86_400_000;

function entitlement(changes: Partial<FlairEntitlement> & { readonly name?: string } = {}): FlairEntitlement {
  const { name = "AHT Gold", ...rest } = changes;
  return {
    entitlementId: "e1",
    agentId: "a1",
    priorityClass: 10,
    tierRank: 3,
    earnedAt: 5 * day,
    validFrom: 5 * day,
    validTo: null,
    flair: JSON.stringify({ name, tier: "TIER_3", attributes: { avatar_variant: "gold", accent: "1" }, evaluationWindow: null }),
    revokedAt: null,
    ...rest,
  };
}

const milestone = entitlement({ entitlementId: "milestone" });
const campaign = entitlement({ entitlementId: "campaign", priorityClass: 5, tierRank: 9, earnedAt: 9 * day, name: "Spring" });

test("[G23] [T92] [S3-R47] a milestone beats a campaign whichever arrives last", () => {
  expect(bestEntitlement([milestone, campaign], 10 * day)).toBe(milestone);
  expect(bestEntitlement([campaign, milestone], 10 * day)).toBe(milestone);
});

test("[T92] [S3-R54] the choice is the same in every order, and follows class, tier, when it was earned and id", () => {
  const entitlements = fc.array(
    fc.record({ priorityClass: fc.nat(2), tierRank: fc.nat(2), earnedAt: fc.nat(2), entitlementId: fc.stringMatching(/^[a-f]{4}$/) }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(entitlements, fc.infiniteStream(fc.nat()), (drawn, shuffle) => {
      const all = drawn.map((one, place) => entitlement({ ...one, entitlementId: `${one.entitlementId}${place}`, validFrom: 0 }));
      const shuffled = all.map((one) => ({ one, key: shuffle.next().value })).sort((left, right) => left.key - right.key);
      const rank = ({ priorityClass, tierRank, earnedAt, entitlementId }: FlairEntitlement) =>
        `${priorityClass}.${tierRank}.${earnedAt}.${entitlementId}`;
      const expected = all.map(rank).toSorted().at(-1);
      expect(
        rank(
          bestEntitlement(
            shuffled.map(({ one }) => one),
            day,
          ) ?? milestone,
        ),
      ).toBe(expected);
    }),
  );
});

test("[S3-R44] [T97] an entitlement counts from its start until before its end, and not from its reversal on", () => {
  const quarterly = entitlement({ validFrom: 5 * day, validTo: 8 * day });
  expect([4, 5, 7.999, 8].map((at) => bestEntitlement([quarterly], at * day) !== null)).toEqual([false, true, true, false]);
  expect(bestEntitlement([{ ...quarterly, revokedAt: 6 * day }], 6 * day)).toBeNull();
  expect(bestEntitlement([{ ...quarterly, revokedAt: 6 * day }], 6 * day - 1)).not.toBeNull();
});

test("[T97] before a period ends the flair says what ends when and what comes then", () => {
  const quarterly = entitlement({ validTo: 20 * day, tierRank: 9 });
  const lasting = entitlement({ entitlementId: "lasting", tierRank: 1, name: "Newcomer" });
  expect(wantedFlair([quarterly, lasting], 12 * day, 7 * day)?.notice).toBeNull();
  expect(wantedFlair([quarterly, lasting], 14 * day, 7 * day)?.notice).toEqual({ endsAt: "1970-01-21T00:00:00.000Z", next: "Newcomer" });
  expect(wantedFlair([quarterly], 14 * day, 7 * day)?.notice).toEqual({ endsAt: "1970-01-21T00:00:00.000Z", next: null });
});

test("[S3-R57] what is shown names the award behind it, and equal flair is equal text", () => {
  const one = wantedFlair([milestone], 10 * day, 0);
  const flair = JSON.stringify({
    name: "AHT Gold",
    tier: "TIER_3",
    attributes: { accent: "1", avatar_variant: "gold" },
    evaluationWindow: null,
  });
  expect(one?.entitlementId).toBe("milestone");
  expect(JSON.stringify(one)).toBe(JSON.stringify(wantedFlair([{ ...milestone, flair }], 11 * day, 0)));
});
