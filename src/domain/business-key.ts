import { createHash } from "node:crypto";

/**
 * Keys made from business identity (storage.md section 1; requirements T1, T11, G8). The one key builder of the project.
 * Parts are length-prefixed, so ("a:b", "c") and ("a", "b:c") never meet.
 */

/** `<utf-8 bytes>:<text>,` [https://cr.yp.to/proto/netstrings.txt] */
export function netstring(text: string): string {
  return `${Buffer.byteLength(text)}:${text},`;
}

/** Several native id parts as one opaque id. */
export function netstrings(parts: readonly string[]): string {
  return parts.map(netstring).join("");
}

/** The whole key, 64 hexadecimal digits: for awards and everything sent outward. */
export function businessKey(kind: string, source: string, ...parts: readonly string[]): string {
  return createHash("sha256")
    .update(netstrings([kind, source, ...parts]))
    .digest("hex");
}

/** The first 128 bits of a whole key in UUID text: what raw and marts keep. */
export function shortKey(wholeKey: string): string {
  const hex = wholeKey.slice(0, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The durable key of an agent under one source (`identity: self`). */
export function agentId(source: string, agentNativeId: string): string {
  return shortKey(businessKey("agent", source, agentNativeId));
}
