/** Copying a text, by the clipboard or, where a window has none, by a field that nobody sees. Says whether it was copied. */
export async function copy(text: string): Promise<boolean> {
  const done = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  return done || byField(text);
}

function byField(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "gone";
  // Inside an open sheet, else its keeper of the focus would take it away.
  (document.querySelector(".van-popup") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}
