export interface Python {
  readonly version: string;
  readonly path: string;
}

export class EnvironmentFault extends Error {
  readonly hint: string;
}

export function findPython(wanted?: string): Promise<Python | undefined>;
export function environmentFolder(home: string, requirements: string, python: Python): Promise<string>;
export function isComplete(folder: string): boolean;
export function dbtProgram(folder: string): string;
export function ensureEnvironment(options: {
  readonly home: string;
  readonly requirements: string;
  readonly say?: (text: string) => void;
  /** The Python to use; else GAMI_PYTHON, else the first one that is new enough. */
  readonly python?: string;
}): Promise<string>;
