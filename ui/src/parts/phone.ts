/** Whether a number that was typed looks like one that can be called (domain.md): a doubtful one is pointed out and kept. */

const MOBILE = /^1[3-9]\d{9}$/;
/** With its area code. */
const LANDLINE = /^0\d{9,11}$/;
const BETWEEN = /[\s\-－—()（）]/g;

/** What is doubtful: how many digits there are, or how a number of the right length begins; none where it looks right. */
export function phoneDoubt(text: string): { doubt: "length"; digits: number } | { doubt: "beginning" } | null {
  const plain = text.normalize("NFKC").replace(BETWEEN, "").replace(/^\+?86(?=1)/, "");
  if (!plain || MOBILE.test(plain) || LANDLINE.test(plain)) return null;
  const digits = plain.replace(/\D/g, "").length;
  return digits === 11 && plain.length === 11 ? { doubt: "beginning" } : { doubt: "length", digits };
}
