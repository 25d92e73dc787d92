//! `simulate`: a table for people, an object for programs.

use serde_json::json;

use crate::common::{Folder, feed, run, streamtoken};

const RULES: &str = r#"[{"type":"ip.src","action":"block","ip":["192.0.2.0/24"]},{"type":"ip.geoip.country","action":"allow","country":["GB"]}]"#;

#[test]
fn each_viewer_is_a_line_of_the_table() {
    let folder = Folder::new();
    folder.write("rules.json", RULES);
    folder.write(
        "viewers",
        "{\"ip\":\"2001:DB8::1\",\"country\":\"gb\"}\r\n{}",
    );
    let text = run(&[
        "simulate",
        &folder.at("rules.json"),
        "--viewer=ip=192.0.2.7,country=GB",
        "--viewer",
        "country=FR,ip=198.51.100.7",
        "--viewer=ip=::ffff:192.0.2.9",
        "--viewers",
        &folder.at("viewers"),
    ]);
    let expected = "\
ip            country  action   rule      needs
192.0.2.7     GB       block    1 of 2    -
198.51.100.7  FR       allow    no match  -
192.0.2.9     -        block    1 of 2    -
2001:db8::1   GB       allow    2 of 2    -
-             -        unknown  -         ip
";
    assert_eq!(text.good(), expected);
}

#[test]
fn forty_columns_are_enough() {
    let args = [
        "simulate",
        RULES,
        "--viewer=ip=2001:db8:1111:2222:3333:4444:5555:6666,country=GB",
        "--viewer=ip=192.0.2.7",
        "--viewer=country=FR",
        "--viewer=ip=198.51.100.7,country=FR",
        "--viewer=",
    ];
    let with = |columns: &str| feed(streamtoken().args(args).env("COLUMNS", columns), "").good();
    let expected = "\
ip
2001:db8:1111:2222:3333:4444:5555:6666,
country GB
  action allow, rule 2 of 2
ip 192.0.2.7
  action block, rule 1 of 2
country FR
  action unknown, needs ip
ip 198.51.100.7, country FR
  action allow, rule no match
nothing known
  action unknown, needs ip
";
    assert_eq!(with("40"), expected);
    assert!(expected.lines().all(|line| line.len() <= 40));
    // The table takes 73 columns.
    assert_eq!(
        with("72"),
        expected.replacen("ip\n", "ip ", 1).replacen(",\n", ", ", 1)
    );
    assert!(with("73").starts_with("ip   "), "{}", with("73"));
    assert_eq!(with("73"), with(""));
}

#[test]
fn programs_get_one_object() {
    let args = ["simulate", RULES, "--viewers", "-", "--json"];
    let found = feed(
        streamtoken().args(args),
        "{\"country\":\"GB\",\"ip\":\"192.0.2.7\"}\n",
    );
    assert_eq!(found.code, Some(0));
    let viewer = json!({ "ip": "192.0.2.7", "country": "GB" });
    assert_eq!(
        found.json(),
        json!({ "results": [
            { "viewer": viewer, "action": "block", "rule": 0, "needs": null, "matches": [true, true] },
        ] })
    );
    assert_eq!(
        feed(streamtoken().args(args), "").good(),
        "{\"results\":[]}\n"
    );
}

#[test]
fn faulty_rules_and_viewers_are_refused_by_their_place() {
    let simulate = |args: &[&str], input: &str| {
        feed(streamtoken().args(["simulate", RULES]).args(args), input)
    };
    let field = |message: String| message.rsplit('(').next().expect("a part").to_owned();
    let viewer = simulate(&["--viewer=country=GB", "--viewer=ip=192.0.2.1:80"], "");
    assert_eq!(
        field(viewer.refused(2, "viewer_ip_invalid")),
        "/viewers/1/ip)\n"
    );
    simulate(&["--viewer=asn=1"], "").refused(2, "option_unknown");
    simulate(&["--viewer=ip=192.0.2.1,ip=192.0.2.2"], "").refused(2, "json_duplicate_member");
    simulate(&["--viewer=GB"], "").refused(2, "usage_invalid");
    let line = simulate(&["--viewer=country=GB", "--viewers=-"], "{}\n\n{}\n");
    assert_eq!(field(line.refused(2, "line_blank")), "/viewers/2)\n");
    let line = simulate(&["--viewers=-"], "{}\n{\n");
    assert_eq!(field(line.refused(2, "json_invalid")), "/viewers/1)\n");
    simulate(&["--viewers=-"], &"{}\n".repeat(1 << 20)).refused(2, "file_unreadable");
    simulate(&[], "").refused(2, "usage_invalid");
    run(&["simulate", "{}", "--viewer="]).refused(2, "option_type");
    let both = feed(streamtoken().args(["simulate", "-", "--viewers=-"]), RULES);
    both.refused(2, "usage_invalid");
    let uk = RULES.replace("GB", "UK");
    run(&["simulate", &uk, "--viewer="]).refused(2, "country_invalid");
}
