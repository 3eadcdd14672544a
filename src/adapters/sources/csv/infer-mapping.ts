export async function inferMapping(_file: string): Promise<string> {
  throw new Error("not built yet");
}
