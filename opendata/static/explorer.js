// Makes the explorer better where scripts run: what a point of a chart says is shown and can be walked through with the
// arrow keys, a chart can be saved as PNG, and fields that do not matter are out of the way. Without it nothing is lost.

function walk(box) {
  const svg = box.querySelector("svg.explored");
  const points = [...svg.querySelectorAll(".hits rect")];
  if (!points.length) return;
  const titles = points.map((point) => point.querySelector("title").textContent);
  points.forEach((point) => point.querySelector("title").remove()); // the bubble says it, once
  const bubble = document.createElement("div");
  bubble.className = "bubble";
  bubble.hidden = true;
  const said = document.createElement("p");
  said.className = "vh";
  said.setAttribute("aria-live", "polite");
  box.append(bubble, said);
  let at = -1;

  function show(index, aloud) {
    points[at]?.classList.remove("at");
    at = index;
    points[at].classList.add("at");
    bubble.textContent = titles[at];
    bubble.hidden = false;
    const [spot, frame] = [points[at].getBoundingClientRect(), box.getBoundingClientRect()];
    const left = Math.max(0, Math.min(spot.left + spot.width / 2 - frame.left - bubble.offsetWidth / 2, frame.width - bubble.offsetWidth));
    const above = spot.top - frame.top - bubble.offsetHeight - 6;
    bubble.style.transform = `translate(${left}px, ${above}px)`;
    if (aloud) said.textContent = titles[at];
  }

  function hide() {
    points[at]?.classList.remove("at");
    at = -1;
    bubble.hidden = true;
  }

  svg.setAttribute("tabindex", "0");
  svg.setAttribute("aria-label", `${svg.getAttribute("aria-label")}. ${box.dataset.hint}`);
  points.forEach((point, index) => {
    point.addEventListener("pointerenter", () => show(index, false));
    point.addEventListener("click", () => show(index, true));
  });
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("blur", hide);
  svg.addEventListener("keydown", (event) => {
    const row = points.length === 168 ? 24 : 7; // a week of hours: up and down are days
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row };
    const ends = { Home: 0, End: points.length - 1 };
    if (event.key === "Escape") return hide();
    if (!(event.key in steps) && !(event.key in ends)) return;
    event.preventDefault();
    const next = event.key in ends ? ends[event.key] : at < 0 ? 0 : at + steps[event.key];
    show(Math.max(0, Math.min(points.length - 1, next)), true);
  });
}

async function png(button) {
  const answer = await fetch(button.dataset.png);
  if (!answer.ok) return;
  const text = await answer.text();
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * 2;
  canvas.height = image.naturalHeight * 2;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = button.dataset.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, "image/png");
}

function only(form, chooser, wanted, fields) {
  const select = form.querySelector(`[data-field="${chooser}"] select`);
  if (!select) return;
  const boxes = fields.map((name) => form.querySelector(`[data-field="${name}"]`)).filter(Boolean);
  function arrange() {
    const shown = select.selectedIndex === wanted(select);
    for (const box of boxes) {
      box.hidden = !shown && !box.classList.contains("wrong");
      for (const field of box.querySelectorAll("input, select")) field.disabled = box.hidden;
    }
  }
  select.addEventListener("change", arrange);
  arrange();
}

for (const box of document.querySelectorAll("[data-explorer-chart]")) walk(box);
for (const button of document.querySelectorAll("[data-png]")) {
  button.parentElement.hidden = false;
  button.addEventListener("click", () => png(button));
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
for (const form of document.querySelectorAll(".explorer form")) {
  const index = (select, names) => [...select.options].findIndex((one) => names.includes(one.value));
  only(form, "period", (select) => index(select, ["van-tot", "from-until"]), ["first", "last"]);
  only(form, "against", (select) => index(select, ["vanaf", "from"]), ["against_first"]);
  only(form, "against", (select) => index(select, ["plaats", "place"]), ["against_place"]);
}
