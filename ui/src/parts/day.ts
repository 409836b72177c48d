/** Days as people say them. A day travels as `2026-11-21`, a moment as seconds since 1970. */
import { language, t } from "../words";

const DAY = 86_400_000;
/** The country keeps one time, eight hours ahead; the program counts days by it whatever the device says. */
const AHEAD = 8 * 3_600_000;
const ZONE = "Asia/Shanghai";

/** Today, by this device's clock. */
export function today(): string {
  return dayOf(Date.now() / 1000);
}

/** The day of a moment. */
export function dayOf(moment: number): string {
  return spell(new Date(moment * 1000 + AHEAD));
}

function spell(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function read(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

export function plusDays(day: string, days: number): string {
  return spell(new Date(read(day).getTime() + days * DAY));
}

/** The same day of a later month; the last day where that month is shorter. */
export function plusMonths(day: string, months: number): string {
  const date = read(day);
  const wanted = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(wanted, last));
  return spell(date);
}

/** How many days from today; negative is past. */
export function daysUntil(day: string): number {
  return Math.round((read(day).getTime() - read(today()).getTime()) / DAY);
}

/** `11月21日`, with the year where it is not this one. */
export function sayDay(day: string): string {
  const date = read(day);
  const sameYear = day.slice(0, 4) === today().slice(0, 4);
  const options: Intl.DateTimeFormatOptions = { month: language.value === "en" ? "short" : "long", day: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(language.value, sameYear ? options : { ...options, year: "numeric" }).format(date);
}

/** `今天`, `3天前`, `5天后`. */
export function sayDistance(day: string): string {
  const days = daysUntil(day);
  if (days === 0) return t("day.today");
  if (days === 1) return t("day.tomorrow");
  if (days === -1) return t("day.yesterday");
  return days < 0 ? t("day.ago", { n: -days }) : t("day.ahead", { n: days });
}

/** `11月21日 20:13`. */
export function sayMoment(moment: number): string {
  const date = new Date(moment * 1000);
  const clock = new Intl.DateTimeFormat(language.value, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: ZONE }).format(date);
  return `${sayDay(dayOf(moment))} ${clock}`;
}

/** Bytes as people read them. */
export function sayBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
