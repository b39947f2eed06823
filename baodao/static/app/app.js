/* Small helps that every page works without: one submit per form, focus on faults, pictures before they are sent. */
"use strict";

document.documentElement.classList.add("js");

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  const button = event.submitter;
  if (button) button.setAttribute("aria-busy", "true");
  /* A browser that comes back by the back button, or a download, may send again: the form carries its key. */
  setTimeout(() => { delete form.dataset.sent; if (button) button.removeAttribute("aria-busy"); }, 8000);
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  document.querySelectorAll("[aria-busy]").forEach((one) => one.removeAttribute("aria-busy"));
});

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || input.type !== "file" || !input.closest(".photos")) return;
  let list = input.parentElement.querySelector(".previews.fresh");
  if (!list) {
    list = document.createElement("ul");
    list.className = "previews fresh";
    input.after(list);
  }
  list.replaceChildren(...Array.from(input.files).slice(0, 9).map((file) => {
    const row = document.createElement("li");
    if (file.type.startsWith("image/")) {
      const picture = document.createElement("img");
      picture.src = URL.createObjectURL(file);
      picture.alt = file.name;
      picture.onload = () => URL.revokeObjectURL(picture.src);
      row.append(picture);
    } else row.textContent = file.name;
    return row;
  }));
});

document.addEventListener("click", (event) => {
  const one = event.target.closest("[data-print]");
  if (one) window.print();
});

document.addEventListener("DOMContentLoaded", () => {
  const faults = document.getElementById("faults");
  if (faults) faults.focus();
  /* The receipt is there: the draft of what it is for is not needed any more. */
  if (document.querySelector(".slip")) Object.keys(sessionStorage).filter((one) => one.startsWith("draft:")).forEach((one) => sessionStorage.removeItem(one));
});
