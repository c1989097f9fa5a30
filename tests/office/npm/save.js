// Opens a workbook with a library, types into cells as the library's users do, and saves it.
// node save.js PROGRAM IN OUT '[["SIN", "H4", {"date": "2026-11-03"}], ["SIN", "K5", "In progress"]]'
"use strict";

const [program, from, to, typed] = process.argv.slice(2);
const day = (value) => new Date(`${value.date}T00:00:00Z`);
const edits = JSON.parse(typed);

async function exceljs() {
    const book = new (require("exceljs").Workbook)();
    await book.xlsx.readFile(from);
    for (const [sheet, cell, value] of edits) {
        book.getWorksheet(sheet).getCell(cell).value = value.date ? day(value) : value;
    }
    await book.xlsx.writeFile(to);
}

async function xlsx() {
    const library = require("xlsx");
    const book = library.readFile(from, { cellFormula: true, cellStyles: true });
    for (const [sheet, cell, value] of edits) {
        const held = value.date ? { t: "d", v: day(value).toISOString(), z: "dd/mm/yyyy" } : { t: "s", v: value };
        library.utils.sheet_add_aoa(book.Sheets[sheet], [[held]], { origin: cell });
    }
    library.writeFile(book, to);
}

async function populate() {
    const library = require("xlsx-populate");
    const book = await library.fromFileAsync(from);
    for (const [sheet, cell, value] of edits) {
        const [year, month, date] = (value.date || "").split("-").map(Number);
        book.sheet(sheet).cell(cell).value(value.date ? new Date(year, month - 1, date) : value);
    }
    await book.toFileAsync(to);
}

const programs = { exceljs, xlsx, "xlsx-populate": populate };
programs[program]().catch((error) => {
    console.error(error);
    process.exit(1);
});
