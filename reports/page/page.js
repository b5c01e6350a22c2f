// Adds to a page that is whole without it: a button for light and dark, sorting and a filter for tables that ask for them.
(() => {
  'use strict';
  const root = document.documentElement;

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  }

  function addThemeButton() {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'theme';
    const show = () => { button.textContent = isDark() ? 'Light page' : 'Dark page'; };
    button.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      show();
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
    show();
    document.querySelector('main').before(button);
  }

  // A cell's own value where it has one; otherwise its text. Gaps have none.
  function valueOf(cell) {
    if (cell.hasAttribute('data-gap')) return null;
    const number = Number.parseFloat(cell.dataset.value ?? '');
    return Number.isNaN(number) ? cell.textContent.trim() : number;
  }

  function compare(a, b) {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return String(a).localeCompare(String(b), 'en', { numeric: true });
  }

  // Gaps stay at the end in both directions; equal rows keep the order in which the page had them.
  function sort(table, column, direction) {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, value: valueOf(row.cells[column]), place: Number(row.dataset.place) }));
    rows.sort((a, b) => {
      if (a.value === null || b.value === null) return (a.value === null) - (b.value === null) || a.place - b.place;
      return direction * compare(a.value, b.value) || a.place - b.place;
    });
    body.append(...rows.map((entry) => entry.row));
  }

  function addSorting(table) {
    [...table.tBodies[0].rows].forEach((row, place) => { row.dataset.place = place; });
    const headers = [...table.tHead.rows[0].cells];
    headers.forEach((header, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...header.childNodes);
      header.append(button);
      header.setAttribute('aria-sort', 'none');
      button.addEventListener('click', () => {
        // Numbers begin with the greatest, names with the first of the alphabet.
        const before = header.getAttribute('aria-sort');
        const first = header.dataset.first === 'descending' ? 'descending' : 'ascending';
        const other = first === 'ascending' ? 'descending' : 'ascending';
        headers.forEach((each) => each.setAttribute('aria-sort', 'none'));
        header.setAttribute('aria-sort', before === first ? other : first);
        sort(table, column, header.getAttribute('aria-sort') === 'ascending' ? 1 : -1);
      });
    });
  }

  function addFilter(table) {
    const label = document.createElement('label');
    const input = document.createElement('input');
    const count = document.createElement('output');
    label.className = 'filter';
    input.type = 'search';
    input.autocomplete = 'off';
    label.append('Show rows with ', input, count);
    input.addEventListener('input', () => {
      const wanted = input.value.trim().toLowerCase();
      const rows = [...table.tBodies[0].rows];
      rows.forEach((row) => { row.hidden = !row.textContent.toLowerCase().includes(wanted); });
      count.textContent = wanted ? `${rows.filter((row) => !row.hidden).length} of ${rows.length}` : '';
    });
    table.closest('.wide').before(label);
  }

  addThemeButton();
  document.querySelectorAll('table[data-sortable]').forEach((table) => {
    addSorting(table);
    addFilter(table);
  });
})();
