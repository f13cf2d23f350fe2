//! Nothing breaks it, nothing leaks: every [fault](rows) on every [route of every
//! command](columns), each [cell](cell) run with the real program and [judged](verdict) in every
//! output mode. A fault or a command more is a line more.

mod bodies;
mod cell;
mod columns;
mod hosts;
mod rows;
pub mod tls;
mod verdict;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cell::{Cell, JSON};
use columns::columns;
use rows::{Row, quick, slow};

use crate::support::wire::{Behaviour, Wire};

/// The cells of these rows. A sign-in holds a callback port for a while, so most of its cells run
/// in one mode, and reads that come after the port do not wait out a fault that stays: `use-pat`
/// ends in the same reads.
fn cells(rows: &[Row]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for row in rows {
        let stays = row.tries > 2 && row.times == usize::MAX;
        for column in columns().into_iter().filter(row.fits) {
            if column.needs_a_port() && column.is_read() && stays {
                continue;
            }
            let modes = if column.needs_a_port() {
                &JSON
            } else {
                row.modes
            };
            cells.extend(modes.iter().map(|mode| Cell {
                row: row.clone(),
                column,
                mode,
            }));
        }
    }
    cells
}

/// Runs cells, so many at once, and fails with all that is wrong with any of them.
fn run(cells: &[Cell], at_once: usize) {
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..at_once.min(cells.len()) {
            scope.spawn(|| {
                while let Some(cell) = cells.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let outcome = cell.run();
                    let found = cell.judge(&outcome);
                    if !found.is_empty() {
                        let found = found.join("\n    ");
                        let report = format!("{}\n    {found}\n{}", cell.name(), outcome.stderr);
                        wrong.lock().unwrap().push(report);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    let (all, count) = (cells.len(), wrong.len());
    assert!(
        wrong.is_empty(),
        "{count} of {all} cells:\n{}",
        wrong.join("\n")
    );
}

/// Whether a cell waits most of the time, between one try and the next.
fn pauses(cell: &Cell) -> bool {
    cell.row.tries > 1 && cell.column.is_read()
}

#[test]
fn faults_are_told_for_what_they_are_and_change_nothing() {
    let elsewhere = Wire::start([Behaviour::ReadThenClose]);
    let rows = quick(&elsewhere.url());
    let cells: Vec<Cell> = cells(&rows)
        .into_iter()
        .filter(|cell| !pauses(cell))
        .collect();
    run(&cells, 8);
    assert_eq!(elsewhere.connections(), 0, "somebody followed a redirect");
}

#[test]
fn reads_are_tried_again_and_no_more_than_that() {
    let elsewhere = Wire::start([Behaviour::ReadThenClose]);
    let rows = quick(&elsewhere.url());
    let cells: Vec<Cell> = cells(&rows).into_iter().filter(pauses).collect();
    run(&cells, 48);
    assert_eq!(elsewhere.connections(), 0, "somebody followed a redirect");
}

#[test]
fn waiting_has_an_end() {
    let cells = cells(&slow());
    run(&cells, cells.len());
}

#[test]
fn every_route_of_the_table_is_asked() {
    for column in columns() {
        let row = rows::none();
        let mode = "json";
        let cell = Cell { row, column, mode };
        assert_eq!(
            cell.judge(&cell.run()),
            Vec::<String>::new(),
            "{}",
            cell.name()
        );
    }
}
