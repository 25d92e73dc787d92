//! Names and values in two columns, and lists in several.

use crate::output::{NAME, Ui, in_a_line, printable};

/// Lines of `name  value`, the values aligned.
pub(crate) fn table<N: AsRef<str>, V: AsRef<str>>(ui: Ui, rows: &[(N, V)]) -> String {
    let width = rows
        .iter()
        .map(|(name, _)| name.as_ref().len())
        .max()
        .unwrap_or(0);
    rows.iter()
        .map(|(name, value)| {
            let gap = " ".repeat(width - name.as_ref().len());
            format!(
                "{}{gap}  {}\n",
                ui.paint(NAME, name.as_ref()),
                printable(value.as_ref())
            )
        })
        .collect()
}

/// Lines with aligned columns under their headings.
pub(crate) fn columns<const N: usize>(ui: Ui, headings: [&str; N], rows: &[[String; N]]) -> String {
    aligned(ui, headings, rows).1
}

/// As `columns`; `None` where that takes more than `room` columns of the terminal.
pub(crate) fn columns_within<const N: usize>(
    ui: Ui,
    room: usize,
    headings: [&str; N],
    rows: &[[String; N]],
) -> Option<String> {
    let (width, text) = aligned(ui, headings, rows);
    (width <= room).then_some(text)
}

/// How wide the lines are, and the lines.
fn aligned<const N: usize>(ui: Ui, headings: [&str; N], rows: &[[String; N]]) -> (usize, String) {
    let rows: Vec<[String; N]> = rows
        .iter()
        .map(|row| row.each_ref().map(|cell| in_a_line(cell)))
        .collect();
    let widths: [usize; N] = std::array::from_fn(|column| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([headings[column].len()]).max().unwrap_or(0)
    });
    let heading = line(&widths, &headings.map(str::to_owned));
    let lines = rows.iter().map(|row| line(&widths, row) + "\n");
    let heading = ui.paint(NAME, &heading) + "\n";
    let width = widths.iter().sum::<usize>() + GAP.len() * (N - 1);
    (width, std::iter::once(heading).chain(lines).collect())
}

fn line<const N: usize>(widths: &[usize; N], cells: &[String; N]) -> String {
    let cells = cells.iter().zip(widths);
    let padded = cells.map(|(cell, width)| format!("{cell:width$}"));
    padded.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
}

/// What stands between columns.
const GAP: &str = "  ";
