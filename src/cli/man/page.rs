//! What stands on a manual page, in the sections that people look for (man-pages(7)).

use std::io;

use clap::Command;
use clap_mangen::Man;
use roff::{Roff, bold, roman};

use crate::cli::topics::{CONFIG_PAGE, ENVIRONMENT_PAGE};

/// The page about the configuration file.
pub const CONFIG_FILE: &str = "pipecatcloud.toml";

/// What stands at the foot of every page.
const SOURCE: &str = concat!("pipecat ", env!("CARGO_PKG_VERSION"));

/// What stands at its head.
const MANUAL: &str = "Pipecat Cloud Manual";

/// More characters would run into what stands beside them, where a page is 78 wide.
const LONGEST_HEADING: usize = 24;

/// Where the file is.
const CONFIG_PATH: &str = "~/.config/pipecatcloud/pipecatcloud.toml";

/// What every command ends with.
const EXIT_STATUS: [(&str, &str); 4] = [
    ("0", "It did what it was asked to do."),
    ("1", "It failed, or you answered no."),
    (
        "2",
        "The command line is wrong, or a question would have to be asked and there is no terminal.",
    ),
    ("130", "It was interrupted (143: terminated; 129: hung up)."),
];

/// The name of a command's page.
pub fn name(command: &Command) -> String {
    let name = command.get_display_name();
    name.unwrap_or_else(|| command.get_name()).to_owned()
}

/// As much of a page's name as has room at its head, twice, and at its foot.
fn heading(name: &str) -> &str {
    match name.split_once('-') {
        Some((_, rest)) if name.len() > LONGEST_HEADING => heading(rest),
        _ => name,
    }
}

/// The commands below one that have pages.
pub fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    let below = command.get_subcommands();
    below.filter(|command| !command.is_hide_set())
}

/// The page of a command.
pub fn of_command(command: &Command, above: Option<&Command>) -> io::Result<Vec<u8>> {
    let has_below = shown(command).next().is_some();
    // A heading is all that the options which every command has would add.
    let flat = command.clone().mut_args(|option| option.help_heading(None));
    let flat = flat.subcommand_help_heading("COMMANDS");
    let name_of_page = name(command);
    let man = Man::new(flat)
        .title(heading(&name_of_page))
        .source(SOURCE)
        .manual(MANUAL);
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_below {
        man.render_subcommands_section(&mut page)?;
    }
    let mut rest = Roff::new();
    let help = command.get_after_long_help().or(command.get_after_help());
    let (examples, exit_status) = split(&help.map(ToString::to_string).unwrap_or_default());
    if !examples.is_empty() {
        rest.control("SH", ["EXAMPLES"]);
        as_it_stands(&mut rest, &examples);
    }
    rest.control("SH", ["EXIT STATUS"]);
    if !exit_status.is_empty() {
        rest.text([roman(format!("In particular: {exit_status}."))]);
    }
    for (status, meaning) in EXIT_STATUS {
        rest.control("TP", []);
        rest.text([bold(status)]);
        rest.text([roman(meaning)]);
    }
    environment(&mut rest);
    rest.control("SH", ["FILES"]);
    rest.control("TP", []);
    rest.text([bold(CONFIG_PATH)]);
    rest.text([roman(format!(
        "The configuration file: see {CONFIG_FILE}(5)."
    ))]);
    let mut others: Vec<String> = above.into_iter().map(name).collect();
    others.extend(shown(above.filter(|_| !has_below).unwrap_or(command)).map(name));
    others.retain(|other| *other != name(command));
    let others = others.iter().map(|name| format!("{name}(1)"));
    see_also(&mut rest, others.chain([format!("{CONFIG_FILE}(5)")]));
    rest.to_writer(&mut page)?;
    Ok(page)
}

/// The page of the configuration file.
pub fn of_config_file() -> String {
    let mut page = Roff::new();
    page.control("TH", [CONFIG_FILE, "5", "", SOURCE, MANUAL]);
    page.control("SH", ["NAME"]);
    page.text([roman(format!(
        "{CONFIG_FILE} - configuration file of the Pipecat Cloud command line"
    ))]);
    page.control("SH", ["SYNOPSIS"]);
    page.text([bold(CONFIG_PATH)]);
    page.control("SH", ["DESCRIPTION"]);
    paragraphs(&mut page, CONFIG_PAGE);
    environment(&mut page);
    let others = ["pipecat-cloud(1)", "pipecat-cloud-auth(1)"];
    see_also(&mut page, others.map(str::to_owned).into_iter());
    page.to_roff()
}

fn environment(page: &mut Roff) {
    page.control("SH", ["ENVIRONMENT"]);
    paragraphs(page, ENVIRONMENT_PAGE);
}

fn see_also(page: &mut Roff, others: impl Iterator<Item = String>) {
    page.control("SH", ["SEE ALSO"]);
    page.text([roman(others.collect::<Vec<_>>().join(", "))]);
}

/// A page of help without its heading: running text, and what is indented as it stands.
fn paragraphs(page: &mut Roff, text: &str) {
    let parts = text.trim_end().split("\n\n").skip(1);
    for part in parts {
        page.control("PP", []);
        if part.starts_with(' ') {
            as_it_stands(page, part);
        } else {
            page.text([roman(part)]);
        }
    }
}

/// Lines that are not to be filled, nor cut into words.
fn as_it_stands(page: &mut Roff, text: &str) {
    page.control("nf", []);
    for line in text.lines() {
        page.text([roman(line)]);
    }
    page.control("fi", []);
}

/// The examples of a command's help, and what it says of its exit status.
fn split(help: &str) -> (String, String) {
    let (mut examples, mut exit_status) = (String::new(), String::new());
    for part in help.split("\n\n") {
        if let Some(lines) = part.strip_prefix("Examples:\n") {
            lines.clone_into(&mut examples);
        } else if let Some(status) = part.strip_prefix("Exit status: ") {
            status.clone_into(&mut exit_status);
        }
    }
    (examples, exit_status)
}
