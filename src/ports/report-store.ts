/** A computed report as it is kept: the text is the report's canonical JSON, whole and self-contained. */
export interface StoredReport {
  /** Hash of the inputs and the content: the same build twice is one report. */
  readonly resultId: string;
  /** Hash of everything a report is made from: snapshot, settings, scope, version. */
  readonly inputsId: string;
  /** `YYYY-MM-DD`; null for an empty warehouse. */
  readonly asOf: string | null;
  /** What the marts stood for: `{"csv:calls.interaction": 3}` as JSON text. */
  readonly snapshot: string;
  readonly schemaVersion: number;
  readonly content: string;
  /** Epoch milliseconds. */
  readonly builtAt: number;
}

/** Where reports are kept: insert-only, so that what was once said can be read again. */
export interface ReportStore {
  /** The latest report made from these inputs. */
  findReport(inputsId: string): Promise<StoredReport | null>;
  /** False when this very report is already there; nothing is written then. */
  addReport(report: StoredReport): Promise<boolean>;
}
