/** What several clients of one platform notice is said once. */
export function warnOnce(onWarning: (text: string) => void): (text: string) => void {
  const said = new Set<string>();
  return (text) => {
    if (said.has(text)) return;
    said.add(text);
    onWarning(text);
  };
}
