// Opens a workbook with one of the programs, types into its cells, and saves it: node save.js PROGRAM IN OUT EDITS
// EDITS is JSON: {"SIN!H4": {"date": "2026-11-03"}, "SIN!K5": {"text": "In progress"}, ...}
"use strict";
const [program, source, target, edits] = process.argv.slice(2);
const cells = Object.entries(JSON.parse(edits)).map(([key, typed]) => {
  const [sheet, place] = key.split("!");
  return { sheet, place, value: typed.date ? new Date(`${typed.date}T00:00:00Z`) : typed.text };
});
const DAY = 86400000;
const serial = (day) => Math.round((day.getTime() - Date.UTC(1899, 11, 30)) / DAY);

async function exceljs() {
  const ExcelJS = require("exceljs");
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(source);
  for (const { sheet, place, value } of cells) book.getWorksheet(sheet).getCell(place).value = value;
  await book.xlsx.writeFile(target);
}

async function sheetjs() {
  const XLSX = require("xlsx");
  const book = XLSX.readFile(source, { cellStyles: true, cellFormula: true, cellNF: true });
  for (const { sheet, place, value } of cells) {
    const cell = value instanceof Date ? { t: "n", v: serial(value), z: "dd/mm/yyyy" } : { t: "s", v: value };
    book.Sheets[sheet][place] = cell;
  }
  XLSX.writeFile(book, target, { cellStyles: true });
}

async function xlsxPopulate() {
  const XlsxPopulate = require("xlsx-populate");
  const book = await XlsxPopulate.fromFileAsync(source);
  for (const { sheet, place, value } of cells) {
    book.sheet(sheet).cell(place).value(value instanceof Date ? serial(value) : value);
  }
  await book.toFileAsync(target);
}

const programs = { exceljs, "xlsx": sheetjs, "xlsx-populate": xlsxPopulate };
programs[program]().catch((error) => {
  console.error(error);
  process.exit(1);
});
