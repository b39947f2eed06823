// "Near here": only when pressed, once, to some hundred metres, and nothing is kept.
(() => {
  const button = document.getElementById("near-here");
  if (!button || !navigator.geolocation) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const label = button.querySelector("span");
    const fail = () => { label.textContent = button.dataset.fail; };
    label.textContent = button.dataset.wait;
    navigator.geolocation.getCurrentPosition((found) => {
      const asked = new URLSearchParams(location.search);
      asked.delete("at");
      asked.set("lon", found.coords.longitude.toFixed(3));
      asked.set("lat", found.coords.latitude.toFixed(3));
      location.search = asked.toString();
    }, fail, { enableHighAccuracy: false, timeout: 10000, maximumAge: 60000 });
  });
})();
