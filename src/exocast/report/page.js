"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  table.querySelectorAll("th").forEach((head, column) => head.addEventListener("click", () => {
    const rise = head.getAttribute("aria-sort") === "descending";
    table.querySelectorAll("th").forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", rise ? "ascending" : "descending");
    const worth = row => {
      const cell = row.cells[column];
      return cell.dataset.sort === undefined ? cell.textContent.toLowerCase() : +cell.dataset.sort;
    };
    const rows = [...body.rows].sort((a, b) => {
      const [x, y] = [worth(a), worth(b)];
      return (x < y ? -1 : x > y ? 1 : 0) * (rise ? 1 : -1);
    });
    body.append(...rows);
  }));
}
for (const box of document.querySelectorAll("input[data-table]")) {
  const body = document.getElementById(box.dataset.table).tBodies[0];
  const status = box.closest("p").querySelector("[role=status]");
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of body.rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every(word => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    status.textContent = words.length ? `${shown} of ${body.rows.length}` : "";
  });
}
