//! Nothing breaks it, nothing leaks: [faults](rows) on every [route of every command](columns),
//! each [cell](cell) run with the real program and [judged](verdict). A fault or a command more is
//! a line more.

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

use cell::{Cell, MODES};
use columns::{Column, columns};
use rows::{Breadth, Row, quick, slow};

use crate::support::wire::{Behaviour, Wire};

/// The cells of these rows: each fault with each kind of request, each route with the faults that
/// mean something else to each, each command with some, every one of them in the output mode whose
/// turn it is. A sign-in holds a callback port for a while, so its reads do not wait out a fault
/// that stays: `use-pat` ends in the same reads.
fn cells(rows: &[Row]) -> Vec<Cell> {
    let columns = columns();
    let least = least_breadths(&columns);
    let mut cells = Vec::new();
    for (turn, row) in rows.iter().enumerate() {
        let stays = row.tries > 2 && row.times == usize::MAX;
        for (place, column) in columns.iter().enumerate() {
            let waits = column.needs_a_port() && column.is_read() && stays;
            let is_none = column.takes_for_nothing(&row.meaning);
            if row.breadth < least[place] || waits || is_none || !(row.fits)(column) {
                continue;
            }
            cells.push(Cell {
                row: row.clone(),
                column: column.clone(),
                mode: MODES[(turn + place) % MODES.len()],
            });
        }
    }
    cells
}

/// How widely a fault must be tried to be tried with a column: the first of its kind is met by
/// all, the first with its route by most.
fn least_breadths(columns: &[Column]) -> Vec<Breadth> {
    let is_new = |place: usize, same: &dyn Fn(&Column) -> bool| !columns[..place].iter().any(same);
    let breadth = |(place, column): (usize, &Column)| {
        if is_new(place, &|other| other.kind() == column.kind()) {
            Breadth::Kinds
        } else if is_new(place, &|other| other.route() == column.route()) {
            Breadth::Routes
        } else {
            Breadth::All
        }
    };
    columns.iter().enumerate().map(breadth).collect()
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
    cell.row.tries > 1 && cell.column.is_tried_again()
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

/// Both take no more than time, so they take it together.
#[test]
fn reads_are_tried_again_and_waiting_has_an_end() {
    let elsewhere = Wire::start([Behaviour::ReadThenClose]);
    thread::scope(|scope| {
        scope.spawn(|| {
            let cells = cells(&slow());
            run(&cells, cells.len());
        });
        let rows = quick(&elsewhere.url());
        let cells: Vec<Cell> = cells(&rows).into_iter().filter(pauses).collect();
        run(&cells, 48);
    });
    assert_eq!(elsewhere.connections(), 0, "somebody followed a redirect");
}

#[test]
fn every_route_of_the_table_is_asked() {
    let row = rows::none();
    let cells: Vec<Cell> = columns()
        .into_iter()
        .map(|column| Cell {
            row: row.clone(),
            column,
            mode: "json",
        })
        .collect();
    run(&cells, 4);
}
