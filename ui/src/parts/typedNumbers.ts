/** Telephone and certificate numbers that somebody typed into free text: they have fields of their own, where they are masked. */

export interface TypedNumber {
  kind: "phone" | "id";
  /** As it stands in the text. */
  written: string;
  /** As it is kept. */
  number: string;
}

const MOBILE = /(?<![0-9０-９])[1１][3-9３-９](?:[ \-－]?[0-9０-９]){9}(?![0-9０-９xXｘＸ])/g;
const CERTIFICATE = /(?<![0-9０-９])[1-9１-９][0-9０-９]{16}[0-9０-９xXｘＸ](?![0-9０-９])/g;

/** The numbers in a text, in the order of their kinds. */
export function typedNumbers(text: string): TypedNumber[] {
  const plain = (written: string): string => written.normalize("NFKC").replace(/[ \-－]/g, "").toUpperCase();
  const of = (kind: TypedNumber["kind"], pattern: RegExp): TypedNumber[] => [...text.matchAll(pattern)].map(([written]) => ({ kind, written, number: plain(written) }));
  return [...of("phone", MOBILE), ...of("id", CERTIFICATE)];
}

/** The text without a number, and without the double comma or blank it would leave. */
export function without(text: string, written: string): string {
  return text.replace(written, "").replace(/([，,、；; ])[，,、；; ]+/g, "$1").replace(/^[，,、；; ]+/, "").trimEnd();
}
