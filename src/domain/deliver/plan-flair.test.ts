import fc from "fast-check";
import { expect, test } from "vitest";
import type { FlairEntitlement } from "./flair.ts";
import type { FlairPayload } from "./message.ts";
import { type FlairPlan, type FlairSituation, type KnownFlair, planFlair } from "./plan-flair.ts";

const day = 86_400_000;
const agents = ["ann", "bob", "eve"];
const recipients = agents.map((agentId) => ({ agentId, source: "genesys", nativeId: `u-${agentId}` }));
const target = { host: "genesys", source: "genesys", publication: null };

function entitlement(agentId: string, tierRank: number, changes: Partial<FlairEntitlement> = {}): FlairEntitlement {
  return {
    entitlementId: `${agentId}-${tierRank}`,
    agentId,
    priorityClass: 1,
    tierRank,
    earnedAt: day,
    validFrom: day,
    validTo: null,
    flair: JSON.stringify({ name: `tier ${tierRank}`, tier: `TIER_${tierRank}`, attributes: {}, evaluationWindow: null }),
    revokedAt: null,
    ...changes,
  };
}

function situation(changes: Partial<FlairSituation>): FlairSituation {
  return { targets: [target], recipients, entitlements: [], known: [], epoch: 1, at: 2 * day, noticeMs: 0, ...changes };
}

function payloads({ messages }: FlairPlan): FlairPayload[] {
  return messages.map(({ payload }) => JSON.parse(payload));
}

test("several changes of one agent become one message, and a second plan has nothing left to say", () => {
  const entitlements = [entitlement("ann", 1), entitlement("ann", 2), entitlement("ann", 3), entitlement("bob", 1)];
  const plan = planFlair(situation({ entitlements }));
  expect(payloads(plan).map(({ recipient, version, flair }) => [recipient.agentId, version, flair?.tier])).toEqual([
    ["ann", 1, "TIER_3"],
    ["bob", 1, "TIER_1"],
  ]);
  expect(planFlair(situation({ entitlements, known: plan.versions }))).toEqual({ versions: [], messages: [] });
});

test("what hides goes before what shows", () => {
  const first = planFlair(situation({ entitlements: [entitlement("ann", 1)] }));
  const later = planFlair(situation({ entitlements: [entitlement("bob", 1), entitlement("eve", 1)], known: first.versions }));
  expect(payloads(later).map(({ recipient, flair }) => [recipient.agentId, flair?.tier ?? null])).toEqual([
    ["ann", null],
    ["bob", "TIER_1"],
    ["eve", "TIER_1"],
  ]);
});

test("[T88] versions of an agent at a host only grow, after a restore too", () => {
  const known: KnownFlair = { agentId: "ann", host: "genesys", epoch: 3, version: 7, wanted: null, deliveredVersion: 5, deliveredAt: day };
  const restored = planFlair(situation({ entitlements: [entitlement("ann", 1)], known: [known], epoch: 4 }));
  expect(restored.versions).toMatchObject([{ epoch: 4, version: 8, deliveredVersion: 5 }]);
  const older = planFlair(situation({ entitlements: [entitlement("ann", 1)], known: [known], epoch: 1 }));
  expect(older.versions).toMatchObject([{ epoch: 3, version: 8 }]);
});

test("the key of a message is its agent, host and version: the same plan made twice has the same keys", () => {
  const entitlements = [entitlement("ann", 1)];
  const [one] = planFlair(situation({ entitlements })).messages;
  const [again] = planFlair(situation({ entitlements: [entitlement("ann", 1)], at: 3 * day })).messages;
  expect(one?.idempotencyKey).toBe(again?.idempotencyKey);
  expect(one?.idempotencyKey).toMatch(/^[0-9a-f]{64}$/);
});

test("a host is told about agents of its own source", () => {
  const both = [target, { host: "webhook", source: null, publication: null }, { host: "cxone", source: "cxone", publication: null }];
  const plan = planFlair(situation({ targets: both, entitlements: [entitlement("ann", 1)] }));
  expect(plan.messages.map(({ host }) => host)).toEqual(["genesys", "webhook"]);
});

test("[S3-R40] flair waits for the publication window; what is to be hidden does not", () => {
  const publication = { zone: "UTC", fromMinute: 6 * 60, toMinute: 8 * 60 };
  const targets = [{ ...target, publication }];
  const shown = planFlair(situation({ targets, entitlements: [entitlement("ann", 1)] }));
  expect(shown.messages).toMatchObject([{ notBefore: 2 * day + 6 * 3_600_000 }]);
  expect(planFlair(situation({ targets, known: shown.versions })).messages).toMatchObject([{ notBefore: null }]);
});

test("[T92] however entitlements arrive and whenever plans are made in between, the last flair is the same", () => {
  const steps = fc.array(fc.record({ agent: fc.constantFrom(...agents), tier: fc.integer({ min: 1, max: 5 }) }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(steps, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (arrivals, plansNow) => {
      const all = arrivals.map(({ agent, tier }) => entitlement(agent, tier));
      let known: readonly KnownFlair[] = [];
      const take = (plan: FlairPlan) => {
        known = [...known.filter((one) => !plan.versions.some(({ agentId }) => agentId === one.agentId)), ...plan.versions];
      };
      for (const [place] of all.entries()) {
        if (plansNow[place]) take(planFlair(situation({ entitlements: all.slice(0, place + 1), known })));
      }
      take(planFlair(situation({ entitlements: all, known })));
      const atOnce = planFlair(situation({ entitlements: all.toReversed() })).versions;
      const picture = (versions: readonly KnownFlair[]) => versions.map(({ agentId, wanted }) => `${agentId} ${wanted}`).toSorted();
      expect(picture(known)).toEqual(picture(atOnce));
    }),
  );
});
