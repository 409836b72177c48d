/** Copying a text, by the clipboard or, where a window has none, by a field that nobody sees. Says whether it was copied. */
export async function copy(text: string | Promise<string>): Promise<boolean> {
  // What has to be fetched first is promised at once: a web view lets nobody copy who asks only when the tap is long past.
  const item = typeof text === "string" || typeof ClipboardItem === "undefined" ? null : new ClipboardItem({ "text/plain": text.then((words) => new Blob([words], { type: "text/plain" })) });
  const taken = item ? navigator.clipboard?.write([item]) : navigator.clipboard?.writeText(await text);
  const done = await taken?.then(
    () => true,
    () => false,
  );
  return done || byField(await text);
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
