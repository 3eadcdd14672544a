import { expect, test } from "vitest";
import { exitCodeOf } from "../../exit-codes.ts";
import type { WarehouseOwner } from "../../ports/warehouse.ts";
import { requireOwner } from "./require-owner.ts";

const [one, other] = ["1".repeat(32), "2".repeat(32)];

/** A warehouse owned like this, and what it is owned by afterwards. */
async function ownerAfter(before: WarehouseOwner | null, store: WarehouseOwner, options: { readonly isPlan?: boolean } = {}) {
  let owner = before;
  const warehouse = {
    owner: async () => owner,
    setOwner: async (next: WarehouseOwner, expected: WarehouseOwner | null) => {
      expect(expected).toEqual(owner);
      owner = next;
    },
  };
  await requireOwner({ warehouse, store: { id: async () => store.stateStoreId, epoch: async () => store.epoch } }, options);
  return owner;
}
const at = (stateStoreId: string, epoch = 1): WarehouseOwner => ({ stateStoreId, epoch });

test("the first store that decides owns the warehouse, and goes on", async () => {
  expect(await ownerAfter(null, at(one))).toEqual(at(one));
  expect(await ownerAfter(at(one), at(one))).toEqual(at(one));
});

test("a plan takes nothing over, and is refused like a decision", async () => {
  expect(await ownerAfter(null, at(one), { isPlan: true })).toBeNull();
  await expect(ownerAfter(at(one), at(other), { isPlan: true })).rejects.toMatchObject({ code: "OTHER_STORE" });
});

test("another store is refused with exit code 2: everything would be awarded a second time", async () => {
  const refused = await ownerAfter(at(one), at(other)).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "OTHER_STORE", hint: expect.stringContaining("gami state restore") });
  expect(exitCodeOf(refused)).toBe(2);
});

test("after a restore the store owns the warehouse under its new epoch, and a copy from before is refused", async () => {
  expect(await ownerAfter(at(one), at(one, 2))).toEqual(at(one, 2));
  await expect(ownerAfter(at(one, 2), at(one))).rejects.toMatchObject({ code: "STORE_OUTDATED" });
});
