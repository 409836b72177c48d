// What a person sees on the page as it stands, for whoever drives it. Nothing here changes the page.
const seen = (element) => {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && style.display !== "none";
};
const plain = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const labelled = (element) => {
  const ids = element.getAttribute("aria-labelledby");
  if (ids) return ids.split(/\s+/).map((id) => document.getElementById(id)?.innerText ?? "").join(" ");
  const label = element.getAttribute("aria-label");
  if (label) return label;
  if (element.labels?.length) return element.labels[0].innerText;
  return element.innerText || element.getAttribute("placeholder") || "";
};
const CONTROLS = "button, a[href], input, select, textarea, summary, [role=button], [role=tab], [role=checkbox], [role=radio]";
const FIELDS = "input, textarea, select";
/** The part of the page that can be reached: an open sheet covers the rest. */
const reachable = () => {
  const sheets = [...document.querySelectorAll("[role=dialog], .van-popup")].filter(seen);
  return sheets.at(-1) ?? document;
};
/** The control of this name: exactly so if there is one, else one that begins so, else one that holds it. */
const control = (name, fieldsOnly) => {
  const all = [...reachable().querySelectorAll(fieldsOnly ? FIELDS : CONTROLS)].filter(
    (one) => (one.type === "file" || seen(one)) && !one.disabled,
  );
  const by = (fits) => all.find((one) => fits(plain(labelled(one))));
  return by((own) => own === name) ?? by((own) => own.startsWith(name)) ?? by((own) => own.includes(name)) ?? null;
};
/** Whether a thumb would hit it: it stands still and nothing lies over it. What lies under the foot is scrolled to. */
const ready = (element) => {
  if (!element) return false;
  if (element.type === "file") return true;
  const box = element.getBoundingClientRect();
  const middle = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  const free = middle && (element.contains(middle) || middle.contains(element) || element.labels?.[0]?.contains(middle));
  if (!free) element.scrollIntoView({ block: "center" });
  const still = globalThis.__stood === `${box.top} ${box.left}`;
  globalThis.__stood = `${box.top} ${box.left}`;
  return Boolean(free && still);
};
const names = () =>
  [...reachable().querySelectorAll(CONTROLS)].filter(seen).map((one) => plain(labelled(one)).slice(0, 30));
/** The screen that stands; beside a list it is the one that was opened from it. */
const at = () => [...document.querySelectorAll("[data-at]")].at(-1)?.getAttribute("data-at") ?? "";
/** What a person would trip over. `phone` asks for targets a thumb finds. */
const faults = (phone) => {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth + 1) found.push(`sideways: ${root.scrollWidth} of ${innerWidth}`);
  const raw = document.body.innerText.match(/(?:^|\s)[a-z]+(?:_[a-z]+)*\.[a-z]+(?:_[a-z]+)*(?=\s|$)/g);
  const keys = (raw ?? []).map((one) => one.trim()).filter((one) => !/\.(xlsx|xls|csv|lhx|com|cn|org)$/.test(one));
  if (keys.length) found.push(`raw words: ${keys.slice(0, 3).join(", ")}`);
  for (const element of document.querySelectorAll(`${CONTROLS}, p, h1, h2, li, dt, dd, label, span`)) {
    if (!seen(element) || element.closest(".scroller")) continue;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const name = `${element.tagName.toLowerCase()} ${plain(labelled(element)).slice(0, 24)}`;
    const isControl = element.matches(CONTROLS) && !element.closest("[inert]");
    if (phone && isControl && element.type !== "file" && (box.height < 43.5 || box.width < 43.5)) {
      found.push(`small ${Math.round(box.width)}x${Math.round(box.height)}: ${name}`);
    }
    const clipped = style.overflowX !== "visible" && style.textOverflow === "ellipsis";
    if (element.clientWidth && element.scrollWidth > element.clientWidth + 2 && !clipped && !element.matches("input, select, textarea") && !["auto", "scroll"].includes(style.overflowX)) {
      found.push(`wider than its box: ${name}`);
    }
    if (box.right > innerWidth + 1 && !element.closest(".van-popup")) found.push(`beyond the edge: ${name}`);
  }
  // Whole numbers stand nowhere: what a person types is in a field, and no field's content is read here.
  const whole = `${document.title}\n${document.body.innerText}`.match(/(?<![\d*])(?:\d{17}[\dXx]|1[3-9]\d{9})(?![\d*])/g);
  if (whole) found.push(`whole numbers: ${whole.map((one) => `${one.slice(0, 3)}…${one.length}`).slice(0, 3).join(", ")}`);
  const kept = localStorage.length + sessionStorage.length + document.cookie.length;
  if (kept) found.push("something is kept in the web view's own storage");
  return [...new Set(found)].slice(0, 12);
};
const troubles = () => globalThis.__troubles ?? [];
