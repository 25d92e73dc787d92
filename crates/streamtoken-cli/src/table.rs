//! Names and values in two columns.

use crate::output::{NAME, Ui, printable};

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
