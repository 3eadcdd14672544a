/** The flags of both explanations. */
export interface ExplainInput {
  readonly agent: string;
  readonly milestone: string;
  readonly at?: string;
}
