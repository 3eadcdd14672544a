import type { FlairPayload } from "../../domain/deliver/message.ts";
import { compareVersions, type Versioned } from "../../domain/deliver/reconcile-flair.ts";

/** Flair as a flat set of text attributes; how they are called is the platform's or the contract's matter. */
export interface AttributeNames {
  /** Of gami's fields: `name`, `tier`, `award`, `window`, `ends_at`, `next`, `version`. */
  readonly field: (name: string) => string;
  /** Of the attributes that come with an award: `avatar_variant`. */
  readonly extra: (name: string) => string;
  /** Whether an attribute is ours to write and to clear; all others are left as they are [T93]. */
  readonly isOurs: (name: string) => boolean;
}

export type Attributes = Readonly<Record<string, string>>;
export type FlairVersioned = Pick<FlairPayload, "epoch" | "version" | "flair">;

/**
 * What stands there once this version is told. Nothing to show leaves the version behind, so that a late message with an
 * older one is still known to be older.
 */
export function renderFlair(names: AttributeNames, { epoch, version, flair }: FlairVersioned): Attributes {
  const stamp = { [names.field("version")]: `${epoch}.${version}` };
  if (flair === null) return stamp;
  const fields = {
    name: flair.name,
    tier: flair.tier ?? "",
    award: flair.entitlementId,
    window: flair.evaluationWindow ?? "",
    ends_at: flair.notice?.endsAt ?? "",
    next: flair.notice?.next ?? "",
  };
  return withoutEmpty({
    ...Object.fromEntries(Object.entries(flair.attributes).map(([name, value]) => [names.extra(name), value])),
    ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [names.field(name), value])),
    ...stamp,
  });
}

/** Ours of what a platform shows; an empty text is nothing. */
export function oursOf(names: AttributeNames, attributes: unknown): Attributes {
  const entries = typeof attributes === "object" && attributes !== null ? Object.entries(attributes) : [];
  return withoutEmpty(
    Object.fromEntries(entries.flatMap(([name, value]) => (names.isOurs(name) && typeof value === "string" ? [[name, value]] : []))),
  );
}

export function versionIn(names: AttributeNames, attributes: Attributes): Versioned {
  return parseVersion(attributes[names.field("version")] ?? "");
}

/** `2.14`: epoch and version. */
export function parseVersion(text: string): Versioned {
  const [, epoch, version] = /^(\d{1,9})\.(\d{1,15})$/.exec(text) ?? [];
  return epoch === undefined ? { epoch: null, version: null } : { epoch: Number(epoch), version: Number(version) };
}

/** How what stands there compares with what we are about to write. */
export function stateOf(names: AttributeNames, wanted: Attributes, shown: Attributes, payload: FlairVersioned): "same" | "newer" | "other" {
  if (isSame(wanted, shown)) return "same";
  return compareVersions(versionIn(names, shown), payload) > 0 ? "newer" : "other";
}

export function isSame(one: Attributes, other: Attributes): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

function withoutEmpty(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ""));
}
