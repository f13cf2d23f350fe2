//! Programs on this machine that talk to the callback during a sign-in.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use crate::login::{LIVED_IN, Login, assert_untouched, lived_in};
use crate::machine::each;
use crate::support::browser;
use crate::support::cloud::Fault;
use crate::support::home::Home;

/// The way back of a browser takes no longer than this, whatever else goes on.
const PROMPT: Duration = Duration::from_secs(5);

/// Where the callback is listened for.
fn authority(login: &Login) -> String {
    let url = url::Url::parse(&login.callback("")).unwrap();
    url.authority().to_owned()
}

/// Says something, and gives what is answered until the connection ends or nothing more comes.
fn say(authority: &str, said: &[u8]) -> String {
    let mut stream = TcpStream::connect(authority).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    // The other side may have had enough of it.
    let _ = stream.write_all(said);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// The browser comes back after all of it, and the sign-in works as if nothing had been.
#[track_caller]
fn comes_back(cloud: &crate::support::cloud::Cloud, home: &Home, login: Login) {
    assert_untouched(home);
    assert!(cloud.writes().is_empty(), "{:?}", cloud.writes());
    let since = Instant::now();
    let page = browser::get(&cloud.approve(&login.address));
    assert_eq!(page.status, 200, "{page:?}");
    login.finish().success();
    assert!(since.elapsed() < PROMPT, "{:?}", since.elapsed());
    assert_ne!(home.config(), LIVED_IN);
    assert_eq!(cloud.writes().len(), 1);
}

/// Requests that are none of a browser that comes back; `{own}` stands for this sign-in's state,
/// `{host}` for the address, `{long}` for a megabyte. A line each.
const REQUESTS: [&str; 22] = [
    "GET /oauth_callback?code=stolen HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET /oauth_callback?code=stolen&state=wrong HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET /oauth_callback?error=access_denied HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET /oauth_callback?state=wrong&state={own}&code=stolen HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET /oauth_callback?STATE={own}&code=stolen HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET /oauth_callback?state={own}x&code=stolen HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET /oauth_callback?state=&code=stolen HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET /oauth_callback/?state={own}&code=stolen HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET //oauth_callback?state={own}&code=stolen HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET /x/../oauth_callback?state={own}&code=stolen HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "POST /oauth_callback?state={own}&code=stolen HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n",
    "HEAD /oauth_callback?state={own}&code=stolen HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "OPTIONS /oauth_callback?state={own}&code=stolen HTTP/1.1\r\nHost: {host}\r\nOrigin: http://evil.example.com\r\nAccess-Control-Request-Private-Network: true\r\n\r\n",
    "PUT /oauth_callback?state={own}&code=stolen HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1048576\r\n\r\n{long}",
    "CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET /oauth_callback?state={own}&code=stolen HTTP/1.1\r\nHost: evil.example.com\r\n\r\n",
    "GET /oauth_callback?state={own}&code=stolen HTTP/1.1\r\nHost: localhost:8400\r\n\r\n",
    "GET /oauth_callback?state={own}&code=stolen HTTP/1.0\r\n\r\n",
    "GET /oauth_callback?state={own}&code=stolen HTTP/1.1\r\nHost: {host}\r\nCookie: {long}\r\n\r\n",
    "GET /oauth_callback?state={own}&code={long} HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "POST /oauth_callback HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{long}",
    "\0\u{1}\u{2}{long}",
];

#[test]
fn no_local_program_ends_a_sign_in() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let (authority, state) = (authority(&login), login.parameter("state"));
    each(&REQUESTS, |request| {
        let said = request
            .replace("{own}", &state)
            .replace("{host}", &authority)
            .replace("{long}", &"x".repeat(1 << 20));
        let answer = say(&authority, said.as_bytes());
        assert!(!answer.contains(" 200 "), "{request}: {answer}");
        assert!(
            !answer.to_ascii_lowercase().contains("access-control"),
            "{answer}"
        );
    });
    comes_back(&cloud, &home, login);
}

#[test]
fn thousands_of_requests_hold_nothing_up() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let authority = authority(&login);
    let request = format!("GET /oauth_callback?state=wrong HTTP/1.1\r\nHost: {authority}\r\n\r\n");
    let turns: Vec<u32> = (0..3000).collect();
    each(&turns, |_| {
        let answer = say(&authority, request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    });
    comes_back(&cloud, &home, login);
}

/// What three hundred connections say before they fall silent and stay open.
const HELD: [&str; 5] = [
    "",
    "GET /oauth_callback?state=wrong HTTP/1.1\r\nHost: ",
    "GET /oauth_callback?state=wrong HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "POST /oauth_callback HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99999\r\n\r\n",
    "POST /x HTTP/1.1\r\nHost: {host}\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n",
];

/// Before the browser comes back, and once more while it waits for its page.
#[test]
fn three_hundred_open_connections_hold_nothing_up() {
    each(&HELD, |said| {
        let (cloud, home) = lived_in();
        let login = Login::start(&home, &["--headless"]);
        let authority = authority(&login);
        let said = said.replace("{host}", &authority);
        let flood = || -> Vec<TcpStream> {
            let connect = |_| {
                let mut stream = TcpStream::connect(&authority).ok()?;
                stream.write_all(said.as_bytes()).ok()?;
                Some(stream)
            };
            (0..300).filter_map(connect).collect()
        };
        let before = flood();
        assert!(before.len() > 200, "{}", before.len());
        cloud.fault(Fault::on("POST", "/oauth/token").delay(Duration::from_millis(900)));
        let returned = cloud.approve(&login.address);
        let since = Instant::now();
        let page = thread::spawn(move || browser::get(&returned));
        while cloud.writes().is_empty() {
            assert!(
                since.elapsed() < PROMPT,
                "{said:?}: the browser is not heard"
            );
            thread::sleep(Duration::from_millis(2));
        }
        let after = flood();
        let page = page.join().unwrap_or_else(|_| panic!("{said:?}: no page"));
        assert_eq!(page.status, 200, "{said:?}: {page:?}");
        assert!(since.elapsed() < PROMPT, "{said:?}: {:?}", since.elapsed());
        login.finish().success();
        drop((before, after));
    });
}

/// The provider's words on a page of this program's: text, whatever is in it.
#[test]
fn a_reason_is_text_on_the_page_and_on_the_terminal() {
    let reasons = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'; alert(1); //",
        "</title></style><h1>Signed in</h1>",
        "&lt;b&gt; &amp;",
        "\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}\u{0}",
        "a\r\nSet-Cookie: x=1\r\n\r\n<b>",
    ];
    for code in ["access_denied", "<b>server_error"] {
        each(&reasons, |reason| {
            let (_cloud, home) = lived_in();
            let login = Login::start(&home, &["--headless"]);
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("error", code)
                .append_pair("error_description", reason)
                .finish();
            let page = browser::get(&login.own_callback(&query));
            for tag in [
                "<script>alert",
                "<img",
                "<h1>Signed in",
                "<b>",
                "\u{1b}",
                "\u{202e}",
            ] {
                assert!(!page.body.contains(tag), "{tag}: {}", page.body);
            }
            assert!(!page.headers.contains_key("set-cookie"), "{page:?}");
            let output = login.finish().code(1);
            let told = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
            let harmful = |character: char| {
                character.is_control() && character != '\n' || character == '\u{202e}'
            };
            assert!(!told.contains(harmful), "{told:?}");
            assert_untouched(&home);
        });
    }
}
