/* The report page, helped: places without a new page, one's own position on one's own click, a draft that lives only
   in this tab and never for a kind or a word that few may know. Nothing here is needed. */
"use strict";

(() => {
  const form = document.getElementById("report");
  if (!form) return;
  const key = "draft:" + form.dataset.draft;
  const words = (form.dataset.words || "").split("|").filter(Boolean);
  const kept = ["kind", "address", "text"];

  const level = () => {
    const kind = form.querySelector("input[name=kind]:checked");
    if (!kind) return 9;
    const text = form.elements.text.value.toLowerCase() + form.elements.address.value.toLowerCase();
    return words.some((word) => text.includes(word.toLowerCase())) ? 2 : Number(kind.dataset.level || 1);
  };

  const keep = () => {
    if (level() > 1) { sessionStorage.removeItem(key); return; }
    const data = {};
    for (const name of kept) data[name] = name === "kind" ? form.elements.kind.value : form.elements[name].value;
    sessionStorage.setItem(key, JSON.stringify(data));
  };

  const restore = () => {
    let data = null;
    try { data = JSON.parse(sessionStorage.getItem(key) || "null"); } catch { sessionStorage.removeItem(key); }
    if (!data || form.elements.text.value || form.querySelector("input[name=kind]:checked")) return;
    for (const name of kept) {
      if (!data[name]) continue;
      if (name === "kind") {
        const tile = form.querySelector(`input[name=kind][value="${CSS.escape(data.kind)}"]`);
        if (tile) tile.checked = true;
      } else form.elements[name].value = data[name];
    }
  };

  restore();
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  /* A choice under way. Whoever sends meanwhile waits for it: the report would else go to the place chosen before. */
  let pending = null;
  const exchange = (name, value, also) => {
    const mine = (pending || Promise.resolve()).then(() => asked(name, value, also));
    pending = mine;
    return mine.finally(() => { if (pending === mine) pending = null; });
  };
  form.addEventListener("submit", async (event) => {
    if (!pending) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    await pending;
    form.requestSubmit(button && button.isConnected ? button : undefined);
  }, true);

  /* Without a signal nothing is sent and nothing is lost: the page stays, with its words and pictures. The draft goes when
     the receipt is there (app.js). A busy or refusing server is a signal too. */
  const reach = () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 8000);
    return fetch(document.querySelector("link[rel=icon]").href, { method: "HEAD", cache: "no-store", credentials: "same-origin", signal: stop.signal });
  };
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (event.defaultPrevented || (button && button.value !== "send")) return;
    if (form.dataset.reached) { delete form.dataset.reached; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.reaching) return;
    const note = document.getElementById("no-signal");
    form.dataset.reaching = "1";
    if (button) button.setAttribute("aria-busy", "true");
    try {
      await reach();
      form.dataset.reached = "1";
      note.hidden = true;
    } catch {
      note.hidden = false;
      note.focus();
    }
    delete form.dataset.reaching;
    if (button) button.removeAttribute("aria-busy");
    if (form.dataset.reached) form.requestSubmit(button && button.isConnected ? button : undefined);
  }, true);

  const asked = async (name, value, also) => {
    const where = document.getElementById("where");
    const body = new FormData(form);
    body.delete("photo");
    body.append(name, value);
    for (const [one, v] of Object.entries(also || {})) body.set(one, v);
    where.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("where");
      if (!answer.ok || !fresh) throw new Error(String(answer.status));
      where.replaceWith(fresh);
      const chosen = document.getElementById("f-place");
      if (chosen) chosen.focus({ preventScroll: true });
    } catch {
      where.removeAttribute("aria-busy");
      return false;
    }
    return true;
  };

  form.addEventListener("click", async (event) => {
    const one = event.target.closest("button[name=go], input[type=image], #locate");
    if (!one) return;
    event.preventDefault();
    if (one.id === "locate") { locate(one); return; }
    if (one.type === "image") {
      const box = one.getBoundingClientRect();
      const x = Math.round((event.clientX - box.left) * (Number(one.getAttribute("width")) / box.width));
      const y = Math.round((event.clientY - box.top) * (Number(one.getAttribute("height")) / box.height));
      await exchange("map.x", x, { "map.y": y });
      return;
    }
    await exchange("go", one.value);
  });

  /* Asked for once, on the person's own click; never watched. */
  const locate = (button) => {
    const label = button.querySelector("span");
    const before = label.textContent;
    label.textContent = button.dataset.wait;
    const fail = () => { label.textContent = button.dataset.fail; };
    if (!navigator.geolocation) { fail(); return; }
    navigator.geolocation.getCurrentPosition(async (found) => {
      const lon = found.coords.longitude.toFixed(5);
      const lat = found.coords.latitude.toFixed(5);
      label.textContent = before;
      if (!await exchange("go", "here", { lon, lat })) fail();
    }, fail, { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 });
  };
})();
