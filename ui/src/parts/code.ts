/** The enrolment code as it is typed: base32 in nine groups of five; what people mistake for another sign is read as meant. */
export const GROUPS = 9;
export const PER_GROUP = 5;

/** Cuts what was typed or pasted into groups of five, leaving out whatever cannot be part of a code. */
export function groups(text: string): string[] {
  const bare = text
    .normalize("NFKC")
    .toUpperCase()
    .replace(/0/g, "O")
    .replace(/1/g, "I")
    .replace(/8/g, "B")
    .replace(/[^A-Z2-7]/g, "");
  return bare.match(/.{1,5}/g) ?? [];
}
