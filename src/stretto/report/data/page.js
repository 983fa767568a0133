for (const table of document.querySelectorAll("table.sortable")) {
  table.querySelectorAll("thead th").forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      table.querySelectorAll("thead th").forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const value = row => row.cells[column].dataset.value ?? row.cells[column].textContent;
      const rows = [...table.tBodies[0].rows].sort((one, other) => {
        const a = value(one), b = value(other), n = Number(a) - Number(b);
        return (Number.isNaN(n) ? a.localeCompare(b) : n) * (up ? 1 : -1);
      });
      table.tBodies[0].append(...rows);
    });
  });
}
for (const details of document.querySelectorAll("details")) {
  addEventListener("beforeprint", () => { details.open = true; });
}
