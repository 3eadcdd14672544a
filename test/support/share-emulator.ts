import { afterAll } from "vitest";
import { type Emulator, type EmulatorKind, startEmulator } from "../emulators/emulators.ts";

/** One emulator for all tests of a file, started by the first that asks. */
export function shareEmulator(kind: EmulatorKind): () => Promise<Emulator> {
  let started: Promise<Emulator> | null = null;
  afterAll(async () => {
    await (await started)?.stop();
  });
  return () => {
    started ??= startEmulator(kind);
    return started;
  };
}
