// Draws the map of a page anew with MapLibre, where there is WebGL, once the page is read and the map is near: until then, and without, the drawing of the
// server stays. Places and words come from the page's own GeoJSON, colours from tokens.css.

const MAPLIBRE = "/static/vendor/maplibre-gl.mjs";
const STYLES = "/static/vendor/maplibre-gl.css";
const LARGEST = 18, SMALLEST = 5, ROUND = 4, WIDEST = 10, NARROWEST = 2;
const dark = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)");

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function look() {
  return {
    land: color("--doorfiets-map-land"), water: color("--doorfiets-map-water"), road: color("--doorfiets-map-road"),
    ink: color("--basis-color-default-color-document"), soft: color("--basis-color-default-color-subtle"), sheet: color("--basis-color-default-bg-default"),
    green: color("--basis-color-action-1-color-default"), blue: color("--basis-color-info-color-default"), amber: color("--basis-color-warning-color-default"),
  };
}

/** Give every place how large it is drawn: an area or a width in proportion to its number, among those of its kind. */
function sized(collection, about) {
  const most = {};
  for (const { properties: one } of collection.features) most[one.kind] = Math.max(most[one.kind] ?? 0, one.number ?? 0);
  for (const { properties: one } of collection.features) {
    const part = one.number && most[one.kind] ? one.number / most[one.kind] : 0;
    one.chosen = about.has(one.key);
    one.radius = Math.max(SMALLEST, LARGEST * Math.sqrt(part));
    one.width = Math.max(NARROWEST, WIDEST * part);
    one.unknown = one.number === null;
    one.dashed = one.assumed || one.number === null;
  }
  const radius = new Map(collection.features.filter((one) => one.geometry.type === "Point").map((one) => [String(one.geometry.coordinates), one.properties.radius]));
  for (const { properties: one, geometry } of collection.features)
    if (one.kind === "screenline") one.radius = Math.max(...geometry.coordinates.map((at) => radius.get(String(at)) ?? SMALLEST)) + ROUND;
  return collection;
}

const of = (kind, ...more) => ["all", ["==", ["get", "kind"], kind], ...more];
const pale = (chosen, other) => ["case", ["get", "chosen"], chosen, other];

function layers(c, extra) {
  const link = (id, dashed, paint) => ({
    id, type: "line", source: "places", filter: of("link", ["==", ["get", "dashed"], dashed]), layout: { "line-cap": dashed ? "butt" : "round", "line-join": "round" },
    paint: { "line-color": ["case", ["get", "green"], c.green, c.ink], "line-width": ["get", "width"], "line-opacity": pale(1, 0.35), ...paint },
  });
  return [
    { id: "land", type: "background", paint: { "background-color": c.land } },
    ...extra,
    { id: "district", type: "fill", source: "places", filter: of("district"), paint: { "fill-color": c.soft, "fill-opacity": pale(0.1, 0.02) } },
    { id: "border", type: "line", source: "places", filter: of("district"), paint: { "line-color": c.soft, "line-opacity": pale(0.6, 0.25), "line-width": 1 } },
    link("link", false, {}),
    {
      ...link("core", false, { "line-color": c.land, "line-width": ["max", 0, ["-", ["get", "width"], 3.5]] }),
      filter: of("link", ["==", ["get", "dashed"], false], ["==", ["get", "green"], false]),
    },
    link("assumed", true, { "line-dasharray": [1.5, 1.5], "line-width": ["max", 3, ["get", "width"]] }),
    { id: "name", type: "symbol", source: "places", filter: of("district", ["get", "chosen"]), layout: { "text-field": ["get", "name"], "text-size": 13, "text-max-width": 7 }, paint: { "text-color": c.soft, "text-halo-color": c.land, "text-halo-width": 2 } },
    { id: "screenline", type: "circle", source: "places", filter: of("screenline"), paint: { "circle-radius": ["get", "radius"], "circle-opacity": 0, "circle-stroke-color": c.amber, "circle-stroke-width": 2.5, "circle-stroke-opacity": pale(1, 0.35) } },
    { id: "site", type: "circle", source: "places", filter: of("site"), paint: { "circle-radius": ["get", "radius"], "circle-color": ["case", ["get", "unknown"], c.sheet, c.blue], "circle-opacity": pale(0.8, 0.3), "circle-stroke-color": ["case", ["get", "unknown"], c.blue, c.sheet], "circle-stroke-width": 2, "circle-stroke-opacity": pale(1, 0.35) } },
    { id: "station", type: "symbol", source: "places", filter: of("station"), layout: { "icon-image": "station", "icon-allow-overlap": true }, paint: { "icon-opacity": pale(1, 0.35) } },
  ];
}

/** Under all places: what a setting names, a GeoJSON of water and roads, or the tiles of a service. */
function ground(c) {
  const sources = {}, drawn = [], { mapTiles, mapLayer } = document.body.dataset;
  if (mapTiles) {
    sources.tiles = { type: "raster", tiles: [mapTiles], tileSize: 256, maxzoom: 19 };
    drawn.push({ id: "tiles", type: "raster", source: "tiles", paint: { "raster-opacity": dark.matches ? 0.35 : 0.8 } });
  }
  if (mapLayer) {
    sources.ground = { type: "geojson", data: new URL(mapLayer, location.href).href };
    drawn.push({ id: "water", type: "fill", source: "ground", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": c.water } });
    drawn.push({ id: "roads", type: "line", source: "ground", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": ["case", ["==", ["get", "kind"], "water"], c.water, c.road], "line-width": 2 } });
  }
  return { sources, drawn };
}

function style(places) {
  const c = look(), under = ground(c);
  return { version: 8, sources: { places: { type: "geojson", data: places }, ...under.sources }, layers: layers(c, under.drawn) };
}

/** A square, drawn by hand: there are no pictures to load. */
function square(c) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 28, height: 28 }), pen = canvas.getContext("2d");
  pen.fillStyle = c.sheet;
  pen.strokeStyle = c.ink;
  pen.lineWidth = 5;
  pen.fillRect(3, 3, 22, 22);
  pen.strokeRect(4, 4, 20, 20);
  return pen.getImageData(0, 0, 28, 28);
}

function element(name, text, properties = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...properties });
}

/** What a popup says: texts only, never markup. */
function described(place, box) {
  const said = document.createElement("div");
  said.append(element("h3", place.name), element("small", place.sort));
  if (place.value) {
    const number = element("p", "");
    number.append(element("b", place.value), ` ${place.unit}`);
    said.append(number);
  }
  if (place.coverage) said.append(element("p", place.coverage));
  said.append(element("a", box.dataset.open, { href: place.address }));
  return said;
}

function middle({ type, coordinates }) {
  const flat = type === "Point" ? [coordinates] : type.startsWith("Multi") && type !== "MultiPoint" ? coordinates.flat(type === "MultiPolygon" ? 2 : 1) : type === "Polygon" ? coordinates[0] : coordinates;
  if (type.endsWith("LineString")) return flat[Math.floor(flat.length / 2)].slice(0, 2);
  return [0, 1].map((axis) => flat.reduce((sum, point) => sum + point[axis], 0) / flat.length);
}

function words(box) {
  const { mapTitle, zoomIn, zoomOut, close, scroll, fingers } = box.dataset;
  return {
    "Map.Title": mapTitle, "NavigationControl.ZoomIn": zoomIn, "NavigationControl.ZoomOut": zoomOut, "Popup.Close": close,
    "CooperativeGesturesHandler.WindowsHelpText": scroll, "CooperativeGesturesHandler.MacHelpText": scroll, "CooperativeGesturesHandler.MobileHelpText": fingers,
  };
}

/** A list from which a place is shown: the way of the keyboard, and a quick one for others. */
function chooser(box, collection, show) {
  const label = element("label", `${box.dataset.choose} `, { className: "chooser" }), list = document.createElement("select");
  list.append(element("option", "–", { value: "" }));
  const chosen = collection.features.filter((one) => one.properties.chosen);
  chosen.sort((one, other) => one.properties.name.localeCompare(other.properties.name, document.documentElement.lang));
  for (const { properties: one } of chosen) list.append(element("option", `${one.name} (${one.sort})`, { value: one.key }));
  list.addEventListener("change", () => {
    const found = chosen.find((one) => one.properties.key === list.value);
    if (found) show(found.properties, middle(found.geometry), true);
  });
  label.append(list);
  return label;
}

function stylesheet() {
  return new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: STYLES, onload: resolve, onerror: reject });
    document.head.append(link);
  });
}

async function draw(box) {
  const [maplibre, collection] = await Promise.all([import(MAPLIBRE), fetch(box.dataset.places).then((answer) => answer.json()), stylesheet()]);
  const places = sized(collection, new Set(box.dataset.about.split(" ")));
  const [west, south, east, north] = box.dataset.bounds.split(",").map(Number);
  const canvas = element("div", "", { className: "canvas" });
  box.prepend(canvas);
  const map = new maplibre.Map({
    container: canvas, style: style(places), bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: 8, animate: false }, locale: words(box),
    attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxPitch: 0, cooperativeGestures: true,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.setMissingStyleImageResolver((id) => { if (id === "station") map.addImage(id, square(look()), { pixelRatio: 2 }); });
  const popup = new maplibre.Popup({ maxWidth: "17rem", focusAfterOpen: true });
  const show = (place, at, far) => {
    popup.setLngLat(at).setDOMContent(described(place, box)).addTo(map);
    if (far) map.easeTo({ center: at, animate: !still.matches });
  };
  const first = ["site", "station", "link", "assumed", "screenline", "district"];
  const under = (point) => first.flatMap((layer) => map.queryRenderedFeatures([[point.x - 4, point.y - 4], [point.x + 4, point.y + 4]], { layers: [layer] }))[0];
  map.on("click", ({ point, lngLat }) => {
    const found = under(point);
    if (found) show(found.properties, lngLat, false);
  });
  map.on("mousemove", ({ point }) => { map.getCanvas().style.cursor = under(point) ? "pointer" : ""; });
  map.on("idle", () => {
    box.dataset.shown = [...new Set(map.queryRenderedFeatures({ layers: first }).map((one) => one.properties.key))].sort().join(" ");
  });
  dark.addEventListener("change", () => {
    map.setStyle(style(places));
    if (map.hasImage("station")) map.updateImage("station", square(look()));
  });
  box.prepend(chooser(box, places, show));
  const { mapAttribution } = document.body.dataset;
  if (mapAttribution) box.after(element("p", mapAttribution, { className: "attribution" }));
}

function near(box) {
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    draw(box).catch((problem) => {
      box.querySelectorAll(".canvas, .chooser").forEach((one) => one.remove());
      console.warn("The map stays a drawing:", problem);
    });
  }, { rootMargin: "200px" }).observe(box);
}

function start() {
  const canvas = document.createElement("canvas");
  if (!canvas.getContext("webgl2")) return;
  const later = window.requestIdleCallback ?? ((work) => setTimeout(work, 200));
  later(() => document.querySelectorAll(".map").forEach(near));
}

if (document.readyState === "complete") start();
else addEventListener("load", start);
