/* A scanned slip carries its code behind "#", which no server sees: it is put into the form and wiped from the bar. */
"use strict";

(() => {
  const code = decodeURIComponent(location.hash.slice(1));
  const field = document.getElementById("f-code");
  if (!field || !/^[0-9A-Za-z-]{8,10}$/.test(code)) return;
  field.value = code;
  history.replaceState(null, "", location.pathname + location.search);
  field.focus();
})();
