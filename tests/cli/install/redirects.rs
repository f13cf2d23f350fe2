//! Where a redirect may lead: what is downloaded is run.

use std::fs;

use super::server::Server;
use super::{Place, refused, release};
use crate::support::authority::Authority;

const BASE: &str = "PIPECAT_INSTALL_BASE_URL";

/// Places with each of the programs that the script downloads with, as far as they are here.
fn places() -> impl Iterator<Item = Place> {
    ["curl", "wget"].into_iter().filter_map(Place::with)
}

/// The settings with which both of them trust an authority, and download from `base`.
fn trusting(place: &Place, authority: &Authority, base: &str) -> [(&'static str, String); 3] {
    let folder = place.clone_folder();
    let pem = folder.join("authority.pem");
    fs::write(&pem, &authority.pem).unwrap();
    let wgetrc = folder.join("wgetrc");
    fs::write(&wgetrc, format!("ca_certificate = {}\n", pem.display())).unwrap();
    [
        ("CURL_CA_BUNDLE", pem.display().to_string()),
        ("WGETRC", wgetrc.display().to_string()),
        (BASE, base.to_owned()),
    ]
}

fn borrowed<'a>(settings: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    let pairs = settings.iter();
    pairs.map(|(name, value)| (*name, value.as_str())).collect()
}

#[test]
fn a_redirect_that_leaves_https_is_not_followed() {
    let authority = Authority::new("ours");
    for place in places() {
        let plain = Server::http(release());
        let secure = Server::redirect(Some(&authority), &plain.base);
        let settings = trusting(&place, &authority, &secure.base);
        let said = refused(&place, &borrowed(&settings));
        assert!(said.contains("could not download"), "{said}");
        assert_eq!((secure.asked(), plain.asked()), (1, 0), "{said}");
    }
}

#[test]
fn a_redirect_from_this_machine_leads_to_https_only() {
    for place in places() {
        let elsewhere = Server::http(release());
        let here = Server::redirect(None, &elsewhere.base);
        let said = refused(&place, &[(BASE, &here.base)]);
        assert!(said.contains("could not download"), "{said}");
        assert_eq!((here.asked(), elsewhere.asked()), (1, 0), "{said}");
    }
}

#[test]
fn redirects_within_https_are_followed() {
    let authority = Authority::new("ours");
    for place in places() {
        let last = Server::https(&authority, release());
        let middle = Server::redirect(Some(&authority), &last.base);
        // Without the scheme, as an address may be.
        let short = middle.base.trim_start_matches("https:");
        let first = Server::redirect(Some(&authority), short);
        let settings = trusting(&place, &authority, &first.base);
        let run = place.install(&borrowed(&settings));
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{said}");
        assert!(said.contains("installed pipecat 9.9.9"), "{said}");
        // The checksum and the archive.
        assert_eq!((first.asked(), middle.asked(), last.asked()), (2, 2, 2));
    }
}

#[test]
fn redirects_without_end_are_given_up() {
    let authority = Authority::new("ours");
    for place in places() {
        // To itself, each time under a longer path.
        let server = Server::redirect(Some(&authority), "/again");
        let settings = trusting(&place, &authority, &server.base);
        let said = refused(&place, &borrowed(&settings));
        assert!(said.contains("could not download"), "{said}");
        assert!((2..=60).contains(&server.asked()), "{}", server.asked());
    }
}

#[test]
fn a_wget_that_cannot_be_kept_from_redirects_is_not_used() {
    // Those of BusyBox and of Wget2 follow wherever they are sent, whatever they are told.
    for version in ["wget: unrecognized option: version", "GNU Wget2 2.1.0"] {
        let wget = format!(
            "#!/bin/sh\n\
             case \"$*\" in *--version*) echo '{version}'; exit ;; esac\n\
             echo called >>\"$HOME/called\"\n"
        );
        let place = Place::with_script("wget", &wget);
        let said = refused(&place, &[(BASE, "https://127.0.0.1:9")]);
        assert!(said.contains("hint: install curl or GNU Wget"), "{said}");
    }
}
