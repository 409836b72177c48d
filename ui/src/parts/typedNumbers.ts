/** Telephone and certificate numbers that somebody typed into free text: they have fields of their own, where they are masked. */

export interface TypedNumber {
  kind: "phone" | "id";
  /** As it stands in the text. */
  written: string;
  /** As it is kept. */
  number: string;
}

const MOBILE = /(?<![0-9０-９])[1１][3-9３-９](?:[ \-－]?[0-9０-９]){9}(?![0-9０-９xXｘＸ])/g;
/** With its area code, in brackets or before a dash. */
const LANDLINE = /(?<![0-9０-９\-－])[（(]?[0０][0-9０-９]{2,3}[）)]?[ \-－]?[0-9０-９]{7,8}(?![0-9０-９\-－xXｘＸ])/g;
/** In one, or in groups. */
const CERTIFICATE = /(?<![0-9０-９])[1-9１-９](?:[ \-－]?[0-9０-９]){16}[ \-－]?[0-9０-９xXｘＸ](?![0-9０-９])/g;
/** A certificate holds a day of birth: what is written in groups and holds none is something else. */
const BORN = /^\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]$/;

/** The numbers in a text, in the order of their kinds. */
export function typedNumbers(text: string): TypedNumber[] {
  const plain = (written: string): string => written.normalize("NFKC").replace(/[ \-－()]/g, "").toUpperCase();
  const of = (kind: TypedNumber["kind"], pattern: RegExp): TypedNumber[] => [...text.matchAll(pattern)].map(([written]) => ({ kind, written, number: plain(written) }));
  const ids = of("id", CERTIFICATE).filter((one) => one.number.length === one.written.length || BORN.test(one.number));
  const phones = [...of("phone", MOBILE), ...of("phone", LANDLINE)].filter((one) => !ids.some((id) => id.written.includes(one.written)));
  return [...phones, ...ids];
}

/** The text without a number, and without the double comma or blank it would leave. */
export function without(text: string, written: string): string {
  return text.replace(written, "").replace(/([，,、；; ])[，,、；; ]+/g, "$1").replace(/^[，,、；; ]+/, "").trimEnd();
}
