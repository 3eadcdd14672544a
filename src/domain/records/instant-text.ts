const dayMillis = 86_400_000;
const dayTexts = new Map<number, string>();
let lastDay = Number.NaN;
let lastDayText = "";

/** `2024-02-29T` of a day counted from 1970-01-01: nearly always the day asked for just before. */
export function dayText(day: number): string {
  if (day === lastDay) return lastDayText;
  lastDay = day;
  lastDayText = dayTexts.get(day) ?? keepDayText(day);
  return lastDayText;
}

function keepDayText(day: number): string {
  // A file holds some hundred days; a hostile one with millions must not fill the memory.
  if (dayTexts.size > 10_000) dayTexts.clear();
  const text = new Date(day * dayMillis).toISOString().slice(0, -13);
  dayTexts.set(day, text);
  return text;
}
