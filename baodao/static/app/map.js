/* The district's map, helped: the same areas and counts as the server's drawing and the table beside it, to be moved and
   zoomed. Where the browser cannot (no WebGL, no scripts, print), the drawing stays. Our own outlines on plain paper; no
   tiles, nothing from outside. */

const host = document.getElementById("gl");
const INK = "#1d1b18";
let map = null;
let labels = {};

const counted = () => ({
  type: "FeatureCollection",
  features: Array.from(document.querySelectorAll("#board tr[data-area]")).map((row) => ({
    type: "Feature",
    properties: { n: Number(row.dataset.n), code: row.dataset.area, label: labels[row.dataset.area] || "" },
    geometry: { type: "Point", coordinates: [Number(row.dataset.lon), Number(row.dataset.lat)] },
  })),
});

/* Circles by the root of the count, so that their areas compare; grey, whatever the number. */
const circles = (most) => ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 0, 8, Math.max(2, Math.sqrt(most)), 30];
const greatest = (data) => data.features.reduce((most, one) => Math.max(most, one.properties.n), 1);

const able = () => {
  const context = document.createElement("canvas").getContext("webgl2");
  if (!context) return false;
  const lose = context.getExtension("WEBGL_lose_context");
  if (lose) lose.loseContext();
  return true;
};

const style = (areas, data) => ({
  version: 8,
  sources: { areas: { type: "geojson", data: areas }, counts: { type: "geojson", data } },
  layers: [
    { id: "paper", type: "background", paint: { "background-color": "#f3efe6" } },
    { id: "land", type: "fill", source: "areas", paint: { "fill-color": "#fffdf8" } },
    { id: "edge", type: "line", source: "areas", paint: { "line-color": "#a89f8e", "line-width": 1.2 } },
    { id: "amount", type: "circle", source: "counts", filter: [">", ["get", "n"], 0], paint: { "circle-radius": circles(greatest(data)), "circle-color": "#d9d2c3", "circle-stroke-color": "#6b6455", "circle-stroke-width": 1 } },
    { id: "number", type: "symbol", source: "counts", filter: [">", ["get", "n"], 0], layout: { "text-field": ["to-string", ["get", "n"]], "text-size": 14, "text-allow-overlap": true }, paint: { "text-color": INK } },
    /* A name stands in the middle of its area, below the circle if there is one. */
    { id: "name", type: "symbol", source: "counts", layout: { "text-field": ["get", "label"], "text-size": 12, "text-offset": ["case", [">", ["get", "n"], 0], ["literal", [0, 2.6]], ["literal", [0, 0]]], "text-max-width": 8 }, paint: { "text-color": "#4a453c", "text-halo-color": "#fffdf8", "text-halo-width": 1.5 } },
  ],
});

/* A click on land goes where the table's link goes. */
const open = (code) => {
  const row = Array.from(document.querySelectorAll("#board tr[data-area]")).find((one) => one.dataset.area === code);
  const link = row && row.querySelector("a");
  if (link) link.click();
};

const start = async () => {
  const lib = await import(host.dataset.lib);
  lib.setWorkerUrl(host.dataset.worker);
  const areas = await (await fetch(host.dataset.areas, { credentials: "same-origin" })).json();
  labels = Object.fromEntries(areas.features.map((one) => [one.properties.code, one.properties.label]));
  const data = counted();
  const [west, south, east, north] = areas.bbox;
  host.hidden = false;
  document.documentElement.classList.add("map-on");
  map = new lib.Map({
    container: host,
    style: style(areas, data),
    bounds: [[west, south], [east, north]],
    fitBoundsOptions: { padding: 24 },
    attributionControl: false,
    maplibreLogo: false,
    cooperativeGestures: false,
    scrollZoom: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    renderWorldCopies: false,
    locale: { "Map.Title": host.dataset.title, "NavigationControl.ZoomIn": host.dataset.in, "NavigationControl.ZoomOut": host.dataset.out },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new lib.NavigationControl({ showCompass: false }), "top-right");
  map.on("error", (event) => { if (!map.loaded()) give_up(event); });
  map.on("click", "land", (event) => open(event.features[0].properties.code));
  map.on("mousemove", "land", () => { map.getCanvas().style.cursor = "pointer"; });
  map.on("mouseleave", "land", () => { map.getCanvas().style.cursor = ""; });
  map.once("idle", () => { host.dataset.ready = "1"; });
};

const give_up = (why) => {
  console.warn("map", why && (why.error || why));
  host.hidden = true;
  document.documentElement.classList.remove("map-on");
};

document.addEventListener("htmx:afterSettle", () => {
  if (!map || !map.getSource("counts")) return;
  const data = counted();
  map.getSource("counts").setData(data);
  map.setPaintProperty("amount", "circle-radius", circles(greatest(data)));
});

if (host && able()) start().catch(give_up);
