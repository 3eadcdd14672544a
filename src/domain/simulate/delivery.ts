import type { CanonicalRecord } from "../records/record.ts";
import type { StreamName } from "../records/streams.ts";
import { dayMs } from "./calendar.ts";
import type { World } from "./world.ts";

/** Why a row is sent: the fact itself, the very same row again, the same with a later update time, or a corrected value. */
export type DeliveryCause = "first" | "duplicate" | "resend" | "correction";

/** One row of a source and the UTC day on which an export first contains it. */
export interface Delivery {
  readonly stream: StreamName;
  readonly record: CanonicalRecord;
  readonly day: number;
  readonly cause: DeliveryCause;
}

export function deliveryOf(stream: StreamName, record: CanonicalRecord, at: number, cause: DeliveryCause = "first"): Delivery {
  return { stream, record, day: utcDayOf(at), cause };
}

export function utcDayOf(instant: number): number {
  return Math.floor(instant / dayMs);
}

/** False while a row is still on its way when the simulation ends. */
export function hasArrived(world: World, delivery: Delivery): boolean {
  return delivery.day <= world.lastDeliveryDay;
}
