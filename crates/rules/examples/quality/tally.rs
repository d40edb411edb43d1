//! Counts in rows and columns.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How many of how many.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Cell {
    pub(crate) found: usize,
    pub(crate) total: usize,
}

/// One table of figures.
pub(crate) struct Tally {
    title: &'static str,
    columns: Vec<&'static str>,
    rows: BTreeMap<String, Vec<Cell>>,
}

impl Tally {
    /// `columns` in the order of printing; what is added elsewhere gets a new one.
    pub(crate) fn new(title: &'static str, columns: &[&'static str]) -> Self {
        Self {
            title,
            columns: columns.to_vec(),
            rows: BTreeMap::new(),
        }
    }

    pub(crate) fn add(&mut self, row: &str, column: &'static str, found: bool) {
        let at = match self.columns.iter().position(|known| *known == column) {
            Some(at) => at,
            None => {
                self.columns.push(column);
                self.columns.len() - 1
            }
        };
        let cells = self.rows.entry(row.to_owned()).or_default();
        if cells.len() <= at {
            cells.resize(at + 1, Cell::default());
        }
        if let Some(cell) = cells.get_mut(at) {
            cell.total += 1;
            cell.found += usize::from(found);
        }
    }

    /// The table with a last row of sums.
    pub(crate) fn text(&self) -> String {
        let mut out = format!("\n{}\n", self.title);
        let width = self.rows.keys().map(String::len).max().unwrap_or(0).max(8);
        let _ = write!(out, "{:width$}", "");
        for column in &self.columns {
            let _ = write!(out, "  {column:>16}");
        }
        out.push('\n');
        for (row, cells) in &self.rows {
            self.line(&mut out, width, row, cells);
        }
        self.line(&mut out, width, "all", &self.sums());
        out
    }

    fn line(&self, out: &mut String, width: usize, row: &str, cells: &[Cell]) {
        let _ = write!(out, "{row:width$}");
        for at in 0..self.columns.len() {
            match cells.get(at).filter(|cell| cell.total > 0) {
                Some(Cell { found, total }) => {
                    let percent = *found as f64 * 100.0 / *total as f64;
                    let _ = write!(out, "  {:>16}", format!("{percent:.1} % of {total}"));
                }
                None => {
                    let _ = write!(out, "  {:>16}", "-");
                }
            }
        }
        out.push('\n');
    }

    fn sums(&self) -> Vec<Cell> {
        let mut sums = vec![Cell::default(); self.columns.len()];
        for cells in self.rows.values() {
            for (sum, cell) in sums.iter_mut().zip(cells) {
                sum.found += cell.found;
                sum.total += cell.total;
            }
        }
        sums
    }

    /// `"title":{"row":{"column":[found,total]}}`; no name needs an escape.
    pub(crate) fn json(&self) -> String {
        let sums = self.sums();
        let rows = self
            .rows
            .iter()
            .map(|(row, cells)| (row.as_str(), cells.as_slice()))
            .chain([("all", sums.as_slice())])
            .map(|(row, cells)| format!("\"{row}\":{{{}}}", self.json_cells(cells)));
        let rows: Vec<String> = rows.collect();
        format!("\"{}\":{{{}}}", self.title, rows.join(","))
    }

    fn json_cells(&self, cells: &[Cell]) -> String {
        let cells: Vec<String> = self
            .columns
            .iter()
            .zip(cells)
            .filter(|(_, cell)| cell.total > 0)
            .map(|(column, cell)| format!("\"{column}\":[{},{}]", cell.found, cell.total))
            .collect();
        cells.join(",")
    }
}
