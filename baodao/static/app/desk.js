/* The desk, helped: keyboard on lists, rows that open in place on wide screens, templates into a text, the exact
   sentence that the resident will read. Every page works without. */
"use strict";

(() => {
  const rows = () => Array.from(document.querySelectorAll(".rows tbody tr[data-row]"));
  let at = -1;

  const mark = (to) => {
    const all = rows();
    if (!all.length) return;
    all.forEach((row) => row.classList.remove("on"));
    at = Math.max(0, Math.min(all.length - 1, to));
    const row = all[at];
    row.classList.add("on");
    row.scrollIntoView({ block: "nearest" });
    const link = row.querySelector("a:not([aria-hidden])");
    if (link) link.focus({ preventScroll: true });
  };

  /* Open in place: the page's own <main> without its frame, below the row. */
  const unfold = async (row) => {
    const next = row.nextElementSibling;
    if (next && next.classList.contains("opened")) { next.remove(); return; }
    document.querySelectorAll("tr.opened").forEach((one) => one.remove());
    const link = row.querySelector("a:not([aria-hidden])");
    if (!link) return;
    if (window.innerWidth < 992) { location.assign(link.href); return; }
    let part = null;
    try {
      const answer = await fetch(link.href, { credentials: "same-origin", headers: { "X-Part": "main" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      part = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-part], main");
    } catch { location.assign(link.href); return; }
    const holder = document.createElement("tr");
    holder.className = "opened";
    const cell = document.createElement("td");
    cell.colSpan = row.children.length;
    const inside = document.createElement("div");
    inside.className = "inplace";
    inside.append(...part.childNodes);
    cell.append(inside);
    holder.append(cell);
    row.after(holder);
  };

  /* Rows chosen for one action: how many, all of the page, none. The bar itself needs no script. */
  const boxes = () => Array.from(document.querySelectorAll(".rows tbody input.pick"));
  const picked = () => {
    const words = document.querySelector("[data-picked]");
    if (!words) return;
    const all = boxes(), n = all.filter((box) => box.checked).length;
    words.textContent = words.dataset.words.replace("{n}", n);
    const head = document.querySelector("[data-pick-all]");
    if (head) { head.checked = n > 0 && n === all.length; head.indeterminate = n > 0 && n < all.length; }
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-all]")) boxes().forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches("input.pick")) picked();
  });
  document.addEventListener("reset", () => setTimeout(picked));
  document.addEventListener("DOMContentLoaded", picked);

  const help = () => { const one = document.getElementById("keys"); if (one) one.showModal(); };
  let before = "";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not(.pick), textarea, select, dialog, [contenteditable]")) return;
    const all = rows();
    const current = all[at];
    if (event.key === "j" || event.key === "k") { event.preventDefault(); mark(at + (event.key === "j" ? 1 : -1)); }
    else if (event.key === "o" && current) unfold(current);
    else if (event.key === "Enter" && current && event.target === document.body) current.querySelector("a:not([aria-hidden])").click();
    else if (event.key === "x" && current) { const box = current.querySelector("input.pick"); if (box) { box.checked = !box.checked; picked(); } }
    else if (event.key === "?") help();
    else if (event.key === "/") { event.preventDefault(); document.querySelector(".find input").focus(); }
    else if (event.key === "t" && before === "g") location.assign(document.querySelector(".brand").href);
    before = event.key;
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]")) { help(); return; }
    const open = event.target.closest("[data-unfold]");
    if (open) { event.preventDefault(); unfold(open.closest("tr")); return; }
    const template = event.target.closest("[data-template]");
    if (template) {
      const area = document.getElementById(template.dataset.into);
      if (area) {
        area.value = area.value ? `${area.value}\n${template.dataset.template}` : template.dataset.template;
        area.focus();
        area.dispatchEvent(new Event("input", { bubbles: true }));
      }
      return;
    }
    document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  /* What the resident will read: {fields} of the form filled as they are typed. */
  const preview = (form) => {
    const shown = form.querySelector("[data-reads]");
    if (!shown) return;
    const values = {};
    for (const field of form.elements) {
      if (!field.name || (field.type === "radio" && !field.checked)) continue;
      values[field.name] = !field.value ? ""
        : field.tagName === "SELECT" ? (field.selectedOptions[0] || {}).textContent || ""
        : field.type === "radio" ? (field.closest("label") || field).textContent.trim() : field.value;
    }
    shown.textContent = shown.dataset.reads.replace(/\{(\w+)\}/g, (_whole, name) => (values[name] || "……"));
  };
  document.addEventListener("input", (event) => { const form = event.target.form; if (form) preview(form); });
  document.addEventListener("change", (event) => { const form = event.target.form; if (form) preview(form); });
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("form").forEach(preview));
})();

/* What belongs to a tick is shown with it: data-with="name=value" of a box in the same form. Without scripts all of it is there. */
document.addEventListener("DOMContentLoaded", () => {
  const parts = Array.from(document.querySelectorAll("[data-with]"));
  const show = () => parts.forEach((part) => {
    const [name, value] = part.dataset.with.split("=");
    const box = part.closest("form").querySelector(`input[name="${name}"][value="${value}"]`);
    part.hidden = !(box && box.checked);
    const set = part.parentElement;  // a group of which nothing is shown has no heading either
    if (set.tagName === "FIELDSET") set.hidden = !set.querySelector(":scope > [data-with]:not([hidden])");
  });
  if (!parts.length) return;
  document.addEventListener("change", show);
  show();
});

/* A drawing larger than its window opens at its first stage, not at the arrows above it. */
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".bd-drawing").forEach((window_) => {
  const first = window_.querySelector('rect[rx="10"]');
  if (!first) return;
  window_.scrollTop = Math.max(0, first.y.baseVal.value - 24);
  window_.scrollLeft = Math.max(0, first.x.baseVal.value - 24);
}));
