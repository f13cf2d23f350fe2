//! Running a program, and what there is to say of many runs.

use std::fs;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::home::Home;

/// Seconds from the start of the program to its end; nothing where it fails.
pub fn wall_time(home: &Home, line: &str) -> Option<f64> {
    let since = Instant::now();
    let status = start(home, line).wait().expect("an exit status");
    let took = since.elapsed();
    status.success().then_some(took.as_secs_f64())
}

/// The most memory that a run had at once, in MB; nothing where the system does not tell.
pub fn peak_memory(home: &Home, line: &str) -> Option<f64> {
    let mut child = start(home, line);
    let path = format!("/proc/{}/status", child.id());
    let mut peak = None;
    // The mark only rises: the last one that is seen before the end counts.
    while child.try_wait().expect("a child").is_none() {
        let status = fs::read_to_string(&path).unwrap_or_default();
        peak = high_water_mark(&status).or(peak);
        thread::sleep(Duration::from_micros(100));
    }
    peak
}

fn high_water_mark(status: &str) -> Option<f64> {
    let mut lines = status.lines();
    let value = lines.find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

fn start(home: &Home, line: &str) -> Child {
    let mut command = home.command(line.split_whitespace());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().expect("a program that starts")
}

/// The value in the middle; nothing where there is none.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// The slope of the straight line that fits these points best.
pub fn slope(points: &[(f64, f64)]) -> f64 {
    let mean = |of: fn(&(f64, f64)) -> f64| {
        points.iter().map(of).sum::<f64>() / points.iter().map(|_| 1.0).sum::<f64>()
    };
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let together: f64 = points
        .iter()
        .map(|point| (point.0 - x) * (point.1 - y))
        .sum();
    let alone: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    together / alone
}
