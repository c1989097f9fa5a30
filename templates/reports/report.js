// Sorting and filtering of the tables. Without it the page is whole: tables stand sorted by date.
(() => {
  "use strict";
  const enough = 6;
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    return (cell.dataset.v ?? cell.textContent).trim();
  };
  const compare = (left, right) => {
    if (left === "" || right === "") return (left === "") - (right === "");
    const difference = Number(left) - Number(right);
    return Number.isNaN(difference) ? left.localeCompare(right, "en", { numeric: true }) : difference;
  };
  const sortBy = (table, header, column) => {
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    const keyed = Array.from(body.rows, (row) => [keyOf(row, column), row]);
    keyed.sort(([left], [right]) => {
      const blank = left === "" || right === "";
      return down && !blank ? compare(right, left) : compare(left, right);
    });
    body.append(...keyed.map(([, row]) => row));
  };
  const addSorting = (table) => {
    Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => sortBy(table, header, column));
    });
  };
  const addFilter = (table) => {
    const rows = Array.from(table.tBodies).flatMap((body) => Array.from(body.rows)).filter((row) => !row.matches(".group"));
    if (rows.length <= enough) return;
    const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    const tools = document.createElement("div");
    const label = document.createElement("label");
    const input = document.createElement("input");
    const shown = document.createElement("output");
    tools.className = "tools";
    input.type = "search";
    label.append("Filter ", input);
    input.setAttribute("aria-label", `Filter: ${table.caption.textContent}`);
    tools.append(label, shown);
    table.parentElement.before(tools);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const row of rows) {
        row.hidden = !words.every((word) => texts.get(row).includes(word));
        count += row.hidden ? 0 : 1;
      }
      for (const body of table.tBodies) {
        const group = body.querySelector(".group");
        if (group) group.hidden = !Array.from(body.rows).some((row) => row !== group && !row.hidden);
      }
      shown.textContent = words.length ? `${count} of ${rows.length} rows` : "";
    });
  };
  // A table wider than its place is scrolled by keyboard too.
  const reachable = () => {
    for (const place of document.querySelectorAll(".table")) {
      if (place.scrollWidth <= place.clientWidth) continue;
      place.tabIndex = 0;
      place.setAttribute("role", "region");
      place.setAttribute("aria-label", place.querySelector("caption").textContent);
    }
  };
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let outer = target.matches("details") ? target : target.parentElement; outer; outer = outer.parentElement) {
      if (outer.matches("details")) outer.open = true;
    }
    target.scrollIntoView();
  };
  for (const table of document.querySelectorAll("table[data-tools]")) {
    if (table.tBodies[0].rows.length > 1) addSorting(table);
    addFilter(table);
  }
  document.querySelectorAll("table[data-filter]").forEach(addFilter);
  addEventListener("hashchange", reveal);
  addEventListener("resize", reachable);
  // Paper shows what is folded on the screen, but for an annex: that it has only where the reader opened it.
  addEventListener("beforeprint", () => {
    for (const each of document.querySelectorAll("details.case:not([open]), main:not(.one) details:is(.all, .more):not([open])")) {
      each.open = true;
      addEventListener("afterprint", () => { each.open = false; }, { once: true });
    }
  });
  addEventListener("toggle", reachable, true);
  reachable();
  reveal();
})();
