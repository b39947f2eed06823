/* Drawing a grid's border on the map, helped: clicks become points, a point near a corner or an edge of a neighbour lies
   on it. The text box below holds the same points, so that whoever has no map misses nothing. No tiles, nothing from
   outside. */

const host = document.querySelector(".draw");
const box = document.getElementById("f-polygon");
/* Pixels within which a point goes to a neighbour's corner, else to its edge. */
const NEAR = 12;
let points = [];
let map = null;
let rings = [];

const read = () => {
  const text = box.value.trim();
  if (!text) return [];
  try {
    if (text.startsWith("{")) {
      const shape = JSON.parse(text);
      const ring = (shape.geometry || shape).coordinates[0];
      return ring.slice(0, -1);
    }
    return text.split("\n").filter((line) => line.trim()).map((line) => line.split(/[\s,，;；]+/).filter(Boolean).map(Number));
  } catch (_error) {
    return [];
  }
};

const write = () => {
  box.value = points.map(([lon, lat]) => `${lon.toFixed(6)}, ${lat.toFixed(6)}`).join("\n");
};

const drawn = () => {
  const features = points.map((at) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: at } }));
  if (points.length > 1) features.push({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: [...points, points[0]] } });
  if (points.length > 2) features.push({ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...points, points[0]]] } });
  return { type: "FeatureCollection", features };
};

const show = () => {
  map.getSource("own").setData(drawn());
  const count = host.querySelector("[data-count]");
  count.textContent = count.dataset.words.replace("{n}", points.length);
};

/* The nearest point of an edge on the screen. */
const foot = (p, a, b) => {
  const dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  const t = length ? Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length)) : 0;
  return { x: a.x + t * dx, y: a.y + t * dy, t };
};

const snapped = (lngLat) => {
  const p = map.project(lngLat);
  let corner = null, edge = null, nearest = NEAR, beside = NEAR;
  for (const ring of rings) {
    for (let n = 0; n + 1 < ring.length; n += 1) {
      const a = map.project(ring[n]), b = map.project(ring[n + 1]);
      const far = Math.hypot(a.x - p.x, a.y - p.y);
      if (far < nearest) { nearest = far; corner = ring[n]; }
      const at = foot(p, a, b), off = Math.hypot(at.x - p.x, at.y - p.y);
      if (off < beside) { beside = off; edge = [ring[n][0] + at.t * (ring[n + 1][0] - ring[n][0]), ring[n][1] + at.t * (ring[n + 1][1] - ring[n][1])]; }
    }
  }
  return corner || edge || [lngLat.lng, lngLat.lat];
};

const start = async () => {
  const lib = await import(host.dataset.lib);
  lib.setWorkerUrl(host.dataset.worker);
  const shapes = await (await fetch(host.dataset.shapes, { credentials: "same-origin" })).json();
  rings = shapes.features.flatMap((one) => (one.geometry.type === "Polygon" ? one.geometry.coordinates : one.geometry.coordinates.flat()));
  const [west, south, east, north] = shapes.bbox;
  host.hidden = false;
  map = new lib.Map({
    container: "drawing",
    style: {
      version: 8,
      sources: { grids: { type: "geojson", data: shapes }, own: { type: "geojson", data: { type: "FeatureCollection", features: [] } } },
      layers: [
        { id: "paper", type: "background", paint: { "background-color": "#f3efe6" } },
        { id: "land", type: "fill", source: "grids", paint: { "fill-color": ["case", ["get", "own"], "#fffdf8", "#e9e4d8"] } },
        { id: "edge", type: "line", source: "grids", paint: { "line-color": "#a89f8e", "line-width": 1.2 } },
        { id: "area", type: "fill", source: "own", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": "#b3261e", "fill-opacity": 0.15 } },
        { id: "line", type: "line", source: "own", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": "#b3261e", "line-width": 2 } },
        { id: "point", type: "circle", source: "own", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 5, "circle-color": "#fff", "circle-stroke-color": "#b3261e", "circle-stroke-width": 2 } },
      ],
    },
    bounds: [[west, south], [east, north]],
    fitBoundsOptions: { padding: 24 },
    attributionControl: false,
    maplibreLogo: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    renderWorldCopies: false,
    locale: { "Map.Title": host.dataset.title, "NavigationControl.ZoomIn": host.dataset.in, "NavigationControl.ZoomOut": host.dataset.out },
  });
  map.touchZoomRotate.disableRotation();
  map.doubleClickZoom.disable();
  map.addControl(new lib.NavigationControl({ showCompass: false }), "top-right");
  map.on("load", () => { points = read(); show(); });
  map.on("click", (event) => { points.push(snapped(event.lngLat)); write(); show(); });
  map.once("idle", () => { host.dataset.ready = "1"; });
  host.querySelector("[data-back]").addEventListener("click", () => { points.pop(); write(); show(); });
  host.querySelector("[data-clear]").addEventListener("click", () => { points = []; write(); show(); });
  box.addEventListener("change", () => { points = read(); show(); });
};

const able = () => {
  const context = document.createElement("canvas").getContext("webgl2");
  if (!context) return false;
  const lose = context.getExtension("WEBGL_lose_context");
  if (lose) lose.loseContext();
  return true;
};

if (host && able()) start().catch((why) => { console.warn("map", why); host.hidden = true; });
