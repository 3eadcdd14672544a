import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { allEntries } from "../support/decision-plans.ts";
import { startCentre } from "../support/extraction.ts";
import { gami } from "../support/gami.ts";
import { writtenAt } from "../support/hosts.ts";
import { initProject, openProjectStore, webhookSecret } from "../support/outbox-project.ts";
import { requireOrSkip } from "../support/require.ts";

const milestones = `version: 1
milestones:
  - id: contacts_20
    name: Twenty contacts
    metric: interactions
    direction: higher
    threshold: 20
    unit: interactions
    strict: false
    window: {last: 3, unit: days}
    tier: {name: TIER_1, rank: 1}
    reset: never
    valid: {from: "2026-01-01"}
    flair: {badge: contacts, variant: avatar_bronze, priority: 1}
`;

/** S3's story over HTTP: what agents did is read from the platform, decided on the marts, and told to the platform. */
describe.runIf(requireOrSkip("python")).each(["guide", "platform"] as const)(
  "from contacts to profiles, Genesys under the %s contract",
  (contract) => {
    const folder = mkdtempSync(join(tmpdir(), "gami-told-"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test(`[S3-R5] [S3-R33] [S3-R34] [T13] ${contract}: extract, dbt, evaluate, reconcile, relay; and again: nothing changes`, async () => {
      const centre = await startCentre();
      const flairOnly = contract === "guide" ? "badges: { contacts_20: b-silver }" : "tells: [flair]\n    schemaId: schema-flair";
      await initProject(folder, centre.url, {
        contract,
        hosts: `  genesys:
    kind: genesys
    ${flairOnly}
  board:
    kind: webhook
    url: ${centre.url}/_webhook/board
    secret: ${webhookSecret}
    requestsPerMinute: 100000
`,
      });
      mkdirSync(join(folder, "milestones"));
      writeFileSync(join(folder, "milestones", "contacts.yaml"), milestones);
      const run = async (...words: readonly string[]) => {
        const ran = await gami(folder, ...words, "--json");
        expect(ran, `${words.join(" ")}: ${ran.stdout.slice(-2000)} ${ran.stderr}`).toMatchObject({ code: 0 });
        return JSON.parse(ran.stdout);
      };
      await run("extract", "--source", "genesys", "--since", "2026-01-05", "--until", "2026-01-12");
      await run("dbt", "run");

      // Under one contract step by step, under the other in one go.
      const isOneGo = contract === "platform";
      const decided = await run("evaluate", "milestones", "--since", "2026-01-05", "--apply", ...(isOneGo ? ["--tell"] : []));
      expect(decided.entries.grant).toBeGreaterThan(5);
      if (!isOneGo) expect(await writtenAt(centre.url, "")).toEqual([]);
      const planned = isOneGo ? decided.flair : await run("flair", "reconcile", "--quick", "--apply");
      expect(planned.hosts.map(({ changed, shows }: { changed: number; shows: number }) => [changed, shows])).toEqual([
        [decided.entries.grant, decided.entries.grant],
        [decided.entries.grant, decided.entries.grant],
      ]);
      const told = isOneGo ? decided.relayed : await run("outbox", "relay", "--apply");
      expect(told.totals).toMatchObject({ retried: 0, held: 0, dead: 0 });

      // The platform's state is the ledger's.
      const state = await openProjectStore(folder);
      const granted = (await allEntries(state.decisions)).filter(({ action }) => action === "grant");
      await state.close();
      const written = await writtenAt(centre.url, "");
      const awards = written.filter(({ place }) => place.startsWith("award "));
      const profiles = written.filter(
        ({ content }) => JSON.stringify(content).includes("avatar_bronze") && JSON.stringify(content).includes("TIER_1"),
      );
      const shown = profiles.filter(({ place }) => place.startsWith(contract === "guide" ? "attributes " : "custom "));
      expect(shown).toHaveLength(granted.length);
      expect(awards).toHaveLength(contract === "guide" ? granted.length : 0);
      expect(written.filter(({ place }) => place.startsWith("webhook board"))).toHaveLength(granted.length * 2);

      // And again.
      const looked = await run("flair", "reconcile", "--host", "genesys");
      expect(looked).toMatchObject({ status: "nothing_to_do", messages: 0 });
      expect(looked.hosts[0]).toMatchObject({ changed: 0, diverged: 0, statuses: { COMMITTED: granted.length } });
      const again = await run("evaluate", "milestones", "--since", "2026-01-05", "--apply", "--tell");
      expect(again).toMatchObject({ status: "nothing_to_do", relayed: { totals: { attempts: 0 } } });
      expect(await run("flair", "reconcile", "--apply")).toMatchObject({ messages: 0 });
      expect(await run("outbox", "relay", "--apply")).toMatchObject({ status: "nothing_to_do" });
      expect(await writtenAt(centre.url, "")).toEqual(written);
      await centre.close();
    }, 600_000);
  },
);
