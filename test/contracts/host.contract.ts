import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Fault } from "../../src/adapters/simulator/faults.ts";
import type { MessagePayload, PayloadKind, Recipient } from "../../src/domain/deliver/message.ts";
import type { Outcome } from "../../src/domain/deliver/outcome.ts";
import { AuthError } from "../../src/errors.ts";
import type { RecognitionHost } from "../../src/ports/recognition-host.ts";
import { aFlair, anAdjustment, goldFlair, outgoing, payloadOf } from "../support/outgoing.ts";

export interface HostAdapter {
  readonly name: string;
  readonly tells: readonly PayloadKind[];
  /** Somebody the host knows; another one each time. */
  person(): Recipient;
  /** Somebody it does not know; null where it takes anybody. */
  readonly stranger: Recipient | null;
  open(changes?: { readonly timeoutSeconds?: number }): Promise<RecognitionHost>;
  /** With credentials that are wrong; null where there are none. */
  readonly openWrong: (() => Promise<RecognitionHost>) | null;
  /** What was brought about for this person (or challenge), each effect once. */
  effects(payload: MessagePayload): Promise<readonly unknown[]>;
  /** Makes something go wrong there; null where there is no network between. */
  readonly faults: ((faults: readonly Fault[], more?: { slowMs?: number }) => Promise<void>) | null;
  /** How it is written to, and where. */
  readonly writes: readonly { readonly method: string; readonly path: string }[];
}

/** What every host promises, whatever it is made of. */
export function hostContract(adapter: HostAdapter): void {
  describe(adapter.name, () => {
    const firstKind = adapter.tells[0] ?? "flair";
    let host: RecognitionHost;
    beforeEach(async () => {
      await adapter.faults?.([]);
      host = await adapter.open();
    });
    afterEach(() => host.close());
    const tell = async (payload: MessagePayload, to = host): Promise<Outcome> => {
      const [outcome] = await to.send([outgoing(payload)]);
      if (outcome === undefined) throw new Error("a host says what became of each message");
      return outcome;
    };
    const { faults } = adapter;
    /** The next write, and no token request, goes wrong in this way. */
    const nextWrite = async (name: Fault["name"], more: { slowMs?: number } = {}) => {
      await tell(fresh(firstKind));
      await faults?.(
        adapter.writes.map((write) => ({ name, rate: 1, times: 1, ...write })),
        more,
      );
    };
    let proposals = 0;
    /** About somebody, or some proposal, that no other test is about. */
    const fresh = (kind: PayloadKind): MessagePayload => {
      proposals += 1;
      if (kind === "adjustment") return anAdjustment({ proposalId: `p-${proposals}`, wanted: { multiplier: 1 + proposals / 100 } });
      return payloadOf(kind, adapter.person());
    };

    for (const kind of adapter.tells) {
      test(`[T9] [T12] ${kind}: told twice, it is done once`, async () => {
        const payload = fresh(kind);
        expect(await tell(payload)).toMatchObject({ kind: "delivered" });
        const once = await adapter.effects(payload);
        expect(once).toHaveLength(1);
        const again = await tell(payload);
        expect(["duplicate", "delivered"]).toContain(again.kind);
        expect(await adapter.effects(payload)).toEqual(once);
      });

      test.runIf(faults !== null)(`[T9] ${kind}: an answer that was lost is asked for again, and the message is done once`, async () => {
        const payload = fresh(kind);
        await nextWrite("cut");
        expect(await tell(payload)).toMatchObject({ kind: "retry", retryAfterMs: null });
        expect(["duplicate", "delivered"]).toContain((await tell(payload)).kind);
        expect(await adapter.effects(payload)).toHaveLength(1);
      });
    }

    test.runIf(faults !== null)("[T94] [T106] 429: the message waits as long as was asked, and so does everything else", async () => {
      const payload = fresh(firstKind);
      await nextWrite("throttle");
      expect(await tell(payload)).toMatchObject({ kind: "retry", retryAfterMs: 1000 });
      expect(host.pauseMs()).toBeGreaterThan(500);
      expect(host.counts().throttled).toBe(1);
      expect((await tell(payload)).kind).toMatch(/delivered|duplicate/);
    });

    test.runIf(faults !== null)(
      "[S3-R30] 503, a web page, an error with status 200 or nothing at all: later, once more, never lost",
      async () => {
        for (const name of ["error", "html", "error-body"] as const) {
          const payload = fresh(firstKind);
          await nextWrite(name);
          expect(await tell(payload), name).toMatchObject({ kind: "retry" });
          expect((await tell(payload)).kind, name).toMatch(/delivered|duplicate/);
          expect(await adapter.effects(payload), name).toHaveLength(1);
        }
        const silent = fresh(firstKind);
        await nextWrite("no-content");
        expect((await tell(silent)).kind).toMatch(/delivered|duplicate|retry/);
        expect((await tell(silent)).kind).toMatch(/delivered|duplicate/);
        expect(await adapter.effects(silent)).toHaveLength(1);
      },
    );

    test.runIf(faults !== null)("an answer after the time allowed counts as none", async () => {
      const hasty = await adapter.open({ timeoutSeconds: 1 });
      const payload = fresh(firstKind);
      await tell(fresh(firstKind), hasty);
      await nextWrite("slow", { slowMs: 1_400 });
      expect(await tell(payload, hasty)).toMatchObject({ kind: "retry" });
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect((await tell(payload, hasty)).kind).toMatch(/delivered|duplicate/);
      expect(await adapter.effects(payload)).toHaveLength(1);
      await hasty.close();
    });

    test.runIf(adapter.openWrong !== null)("wrong credentials stop the telling, and nothing is done", async () => {
      const payload = fresh(firstKind);
      const wrong = (await adapter.openWrong?.()) ?? host;
      const outcome = await tell(payload, wrong).catch((error: unknown) => error);
      expect(outcome).toBeInstanceOf(AuthError);
      expect(await adapter.effects(payload)).toEqual([]);
      await wrong.close();
    });

    test.runIf(faults !== null && adapter.openWrong !== null)(
      "[S3-R2] [S3-R3] a permission that is missing stops the telling, and once it is given the message is done",
      async () => {
        const payload = fresh(firstKind);
        await nextWrite("forbidden");
        await expect(tell(payload)).rejects.toMatchObject({ code: "PERMISSION_MISSING", hint: expect.stringContaining("permission") });
        expect(await adapter.effects(payload)).toEqual([]);
        expect((await tell(payload)).kind).toMatch(/delivered|duplicate/);
        expect(await adapter.effects(payload)).toHaveLength(1);
      },
    );

    test("outcomes come in the messages' order, however many go at once", async () => {
      const messages = [fresh(firstKind), fresh(firstKind), fresh(firstKind)].map((payload) => outgoing(payload));
      const nonsense = { ...outgoing(fresh(firstKind)), payload: '{"kind":"song"}' };
      const outcomes = await host.send([...messages.slice(0, 1), nonsense, ...messages.slice(1)]);
      expect(outcomes.map(({ kind }) => kind)).toEqual(["delivered", "refused", "delivered", "delivered"]);
    });

    test("what a host has no call for is refused, not dropped", async () => {
      const lacking = (["award", "revocation", "flair", "points", "adjustment"] as const).filter((kind) => !adapter.tells.includes(kind));
      for (const kind of lacking) expect(await tell(fresh(kind)), kind).toMatchObject({ kind: "refused" });
    });

    test.runIf(adapter.stranger !== null)("somebody the platform does not know is held for a person to look at", async () => {
      const { stranger } = adapter;
      if (stranger !== null) expect(await tell(payloadOf(firstKind, stranger))).toMatchObject({ kind: "held" });
    });

    if (!adapter.tells.includes("flair")) return;

    test("[G23] [T88] an older version that comes late changes nothing", async () => {
      const recipient = adapter.person();
      if (host.flair === null) return;
      await tell(aFlair(recipient, 3));
      const shown = await adapter.effects(aFlair(recipient, 3));
      expect(await tell(aFlair(recipient, 2, null))).toMatchObject({ kind: "superseded" });
      expect(await adapter.effects(aFlair(recipient, 3))).toEqual(shown);
      expect(await tell(aFlair(recipient, 1, goldFlair, 2))).toMatchObject({ kind: "delivered" });
    });

    test("[S3-R32] what is shown reads back as it was told; what is hidden leaves its version behind", async () => {
      if (host.flair === null) return;
      const [one, other] = [adapter.person(), adapter.person()];
      await tell(aFlair(one, 1));
      await tell(aFlair(other, 1));
      await tell(aFlair(other, 2, null));
      const shown = new Map<string, unknown>();
      for await (const chunk of host.flair.shown([one, other])) for (const { agentId, shown: what } of chunk) shown.set(agentId, what);
      expect(shown.get(one.agentId)).toEqual({ kind: "known", attributes: host.flair.render(aFlair(one, 1)), epoch: 1, version: 1 });
      expect(shown.get(other.agentId)).toEqual({
        kind: "known",
        attributes: host.flair.render(aFlair(other, 2, null)),
        epoch: 1,
        version: 2,
      });
    });
  });
}
