//! Text with intentions, wherever the service can show text.

use serde_json::Value;

use super::world::Organization;

/// Clears the screen, names the window, moves the cursor, turns the line around, ends the row and
/// the line, and looks like markup.
pub const TEXT: &str = "a\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}1A\u{8}\t\r\n\u{b}\u{c}\u{85}\u{2028}\u{202e}b\u{2066}\u{200f}\u{feff}\0c[/x][red]:rocket:";

/// Puts this text behind every text in a value.
pub fn taint(value: &mut Value, text: &str) {
    match value {
        Value::String(own) => own.push_str(text),
        Value::Array(all) => all.iter_mut().for_each(|one| taint(one, text)),
        Value::Object(fields) => fields.values_mut().for_each(|one| taint(one, text)),
        _ => {}
    }
}

impl Organization {
    /// Puts this text behind every text that the routes of agents, builds, profiles, secret sets, regions,
    /// the spend limit and GitHub show. The names by which things are found in paths stay as they
    /// are, but for those of profiles.
    pub fn taint(&mut self, text: &str) {
        for agent in &mut self.agents.all {
            taint(&mut agent.listed, text);
            taint(&mut agent.detail, text);
            agent
                .deployments
                .iter_mut()
                .for_each(|one| taint(one, text));
            for session in &mut agent.sessions {
                let id = session["sessionId"].clone();
                taint(session, text);
                session["sessionId"] = id;
            }
            agent.logs.entries_mut().for_each(|one| taint(one, text));
        }
        for build in &mut self.builds.all {
            let id = build.detail["id"].clone();
            taint(&mut build.detail, text);
            build.detail["id"] = id;
            build.logs.iter_mut().for_each(|one| taint(one, text));
        }
        self.profiles.iter_mut().for_each(|one| taint(one, text));
        for set in &mut self.secrets.sets {
            taint(&mut set.listed, text);
            set.keys
                .iter_mut()
                .for_each(|key| taint(&mut key.listed, text));
        }
        for region in &mut self.regions.all {
            taint(&mut region.listed, text);
            region
                .record
                .iter_mut()
                .for_each(|record| taint(record, text));
        }
        taint(&mut self.spend_limit.0, text);
        taint(&mut self.github.installation, text);
        for repository in &mut self.github.repositories {
            taint(&mut repository.listed, text);
            repository
                .branches
                .iter_mut()
                .for_each(|name| name.push_str(text));
        }
    }
}
