//! The page in the browser: true, harmless, self-contained and not kept.

use super::storing::obstruct;
use super::{Login, lived_in};
use crate::support::browser::{self, Page};
use crate::support::cloud::Cloud;
use crate::support::contrast::assert_readable;
use crate::support::home::Home;

/// Everything that comes from the callback's port is a page like this.
#[track_caller]
fn assert_sound(page: &Page) {
    let header = |name: &str| page.headers.get(name).map_or("", String::as_str);
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("referrer-policy"), "no-referrer");
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    // The icon is in the page.
    let (before, icon) = page
        .body
        .split_once("<link rel=\"icon\" href=\"data:image/svg+xml,")
        .expect("an icon");
    let (icon, after) = icon.split_once("\">").expect("the end of an icon");
    assert!(policy.contains(" img-src data:;"), "{policy}");
    for outside in ["href", "url(", "script"] {
        assert!(!icon.contains(outside), "{outside} in {icon}");
    }
    let html = &format!("{before}{after}").replace("xmlns='http://www.w3.org/2000/svg'", "");
    assert!(html.starts_with("<!doctype html>"), "{html}");
    assert!(html.contains("name=\"viewport\""), "{html}");
    assert!(html.contains("content=\"light dark\""), "{html}");
    for outside in ["src=", "href=", "url(", "@import", "http"] {
        assert!(!html.contains(outside), "{outside} in {html}");
    }
    assert!(html.contains("history.replaceState"), "{html}");
    assert_eq!(html.matches("<script").count(), 1, "{html}");
}

#[test]
fn every_page_is_self_contained_and_not_kept() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    assert_sound(&browser::get(&login.callback("code=c&state=wrong")));
    let elsewhere = login.callback("").replace("oauth_callback", "favicon.ico");
    assert_sound(&browser::get(&elsewhere));
    assert_sound(&browser::get(&cloud.deny(&login.address)));
    login.finish().failure();
}

#[test]
fn success_names_the_account_and_nothing_secret() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let returned = cloud.approve(&login.address);
    let state = login.parameter("state");
    let page = browser::get(&returned);
    assert_eq!(page.status, 200);
    assert_sound(&page);
    assert!(page.body.contains("<h1>You are signed in</h1>"));
    let body = &page.body;
    assert!(body.contains("<dd>Acme Voice Labs (acme)</dd>"), "{body}");
    assert!(body.contains("<dd>ada@example.com</dd>"), "{body}");
    for secret in ["code_0000", "oat_", "ort_", &state] {
        assert!(!page.body.contains(secret), "{secret}");
    }
    // The page came after the file: by now the session is there.
    assert!(home.config().contains("token = \"oat_ada_"));
    login.finish().success();
}

#[test]
fn there_is_no_success_where_the_session_cannot_be_stored() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    obstruct(&home);
    let page = browser::get(&cloud.approve(&login.address));
    assert_eq!(page.status, 400);
    assert_sound(&page);
    assert!(page.body.contains("<h1>Sign-in did not work</h1>"));
    assert!(page.body.contains("Nothing was stored"));
    assert!(!page.body.contains("<dl>"));
    login.outcome().code(1).stdout_eq("");
}

#[test]
fn what_there_is_to_do_can_be_copied() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let command = "<pre><code>pipecat cloud auth login</code></pre>";
    for address in [login.callback("code=c"), cloud.deny(&login.address)] {
        let page = browser::get(&address);
        assert!(page.body.contains(command), "{}", page.body);
    }
    login.finish().failure();
}

#[test]
fn every_page_can_be_read_by_day_and_by_night() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let pairs = [("text", "card"), ("quiet", "card"), ("text", "code")];
    let consent = browser::get(&login.address).body;
    assert_readable(&consent, &pairs[..2]);
    assert_readable(&consent, &[("on-accent", "accent"), ("accent", "code")]);
    let page = browser::get(&cloud.deny(&login.address)).body;
    assert_readable(&page, &pairs);
    assert_readable(&page, &[("good", "card"), ("bad", "card")]);
    login.finish().failure();
}

#[test]
fn the_providers_words_are_shown_as_text() {
    let words = "<script>alert(1)</script> & \"<b>\" \u{1b}[31mred\u{1b}[0m \u{202e}drow";
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let query = query
        .append_pair("error", "access_denied")
        .append_pair("error_description", words)
        .finish();
    let (_cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let page = browser::get(&login.own_callback(&query));
    assert_sound(&page);
    assert!(
        page.body
            .contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;&lt;b&gt;&quot;")
    );
    let output = login.finish().code(1).stdout_eq("");
    let stderr = String::from_utf8_lossy(&output.get_output().stderr);
    assert!(stderr.contains("<script>alert(1)</script>"), "{stderr}");
    for harmful in ['\u{1b}', '\u{202e}'] {
        assert!(!stderr.contains(harmful), "{stderr}");
    }
}

#[test]
fn the_organizations_name_is_shown_as_text() {
    let cloud = Cloud::start();
    cloud.change(|state| {
        let organization = state.organization("ada-personal").unwrap();
        organization.profile["verboseName"] = "<img src=x onerror=alert(1)>".into();
    });
    let home = Home::new(&cloud);
    let login = Login::start(&home, &["--headless"]);
    let page = browser::get(&cloud.approve(&login.address));
    assert!(page.body.contains("&lt;img src=x onerror=alert(1)&gt;"));
    assert!(!page.body.contains("<img"));
    login.finish().success();
}
