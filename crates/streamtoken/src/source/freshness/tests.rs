use std::time::Duration;

use proptest::prelude::*;

use super::{Freshness, Life, Moment, Step};
use crate::{ErrorCode, SignOptions};

const START: u64 = 1_750_000_000;

/// A moment by a wall clock that was never put back.
fn at(seconds: u64, random: f64) -> Moment {
    Moment {
        now: START + seconds,
        elapsed: Duration::from_secs(seconds),
        random,
    }
}

/// A token for an hour.
fn hour(minted: u64) -> Life {
    Life {
        exp: START + minted + 3600,
        renew_at: START + minted + 2880,
    }
}

/// A plan that holds the token "old" since the start.
fn holding(random: f64) -> Freshness<&'static str> {
    let mut plan = Freshness::new(&SignOptions::new()).unwrap();
    assert_eq!(plan.ask(at(0, random)), Step::Renew);
    plan.renewed("old", hour(0), at(0, random)).unwrap();
    plan
}

#[test]
fn a_token_is_renewed_up_to_a_tenth_before_its_time() {
    for (random, due) in [
        (0.0, 2880),
        (0.5, 2736),
        (1.0, 2592),
        (7.0, 2592),
        (f64::NAN, 2880),
    ] {
        let mut plan = holding(random);
        assert_eq!(plan.ask(at(due - 1, 0.0)), Step::Use("old"), "{random}");
        assert_eq!(plan.ask(at(due, 0.0)), Step::UseAndRenew("old"), "{random}");
    }
}

#[test]
fn a_token_of_a_window_is_renewed_after_the_window_and_before_it_dies() {
    for (window, lifetime, latest) in [
        (600, 3600, 60),
        (300, 3600, 30),
        (600, 100, 10),
        (7200, 3600, 60),
        (5, 5, 0),
    ] {
        let options = SignOptions::new().reuse_window(Duration::from_secs(window));
        let life = Life {
            exp: START + window + lifetime,
            renew_at: START + window,
        };
        for (random, due) in [(0.0, window), (1.0, window + latest)] {
            let mut plan = Freshness::new(&options).unwrap();
            assert_eq!(plan.ask(at(1, 0.0)), Step::Renew);
            plan.renewed("old", life, at(1, random)).unwrap();
            assert_eq!(plan.ask(at(due - 1, 0.0)), Step::Use("old"));
            assert_eq!(plan.ask(at(due, 0.0)), Step::UseAndRenew("old"));
        }
    }
}

#[test]
fn one_renewal_is_under_way_at_a_time() {
    let mut plan = Freshness::new(&SignOptions::new()).unwrap();
    assert_eq!(plan.ask(at(0, 0.0)), Step::Renew);
    assert_eq!(plan.ask(at(0, 0.0)), Step::Wait);
    assert_eq!(plan.ask(at(5000, 0.0)), Step::Wait);
    plan.renewed("old", hour(0), at(0, 0.0)).unwrap();
    assert_eq!(plan.ask(at(3000, 0.0)), Step::UseAndRenew("old"));
    assert_eq!(plan.ask(at(3000, 0.0)), Step::Use("old"));
    assert_eq!(plan.ask(at(3600, 0.0)), Step::Wait, "it died meanwhile");
    plan.renewed("new", hour(3600), at(3600, 0.0)).unwrap();
    assert_eq!(plan.ask(at(3600, 0.0)), Step::Use("new"));
}

#[test]
fn pauses_after_failures_double_up_to_a_minute() {
    for (random, part) in [(0.0, 1.0), (1.0, 0.75)] {
        let mut plan = holding(0.0);
        let mut when = at(2880, random);
        for seconds in [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0] {
            assert_eq!(plan.ask(when), Step::UseAndRenew("old"));
            plan.failed(None, when);
            let pause = Duration::from_secs_f64(seconds * part);
            when.elapsed += pause - Duration::from_millis(1);
            assert_eq!(plan.ask(when), Step::Use("old"), "{seconds}");
            when.elapsed += Duration::from_millis(1);
        }
        assert_eq!(plan.ask(when), Step::UseAndRenew("old"));
        plan.renewed("new", hour(2880), when).unwrap();
        when.now += 2880;
        assert_eq!(plan.ask(when), Step::UseAndRenew("new"));
        plan.failed(None, when);
        when.elapsed += Duration::from_secs(1);
        assert_eq!(plan.ask(when), Step::UseAndRenew("new"), "the first again");
    }
}

#[test]
fn an_answer_may_ask_for_a_longer_pause_up_to_five_minutes() {
    for (wanted, pause) in [(0, 1), (30, 30), (300, 300), (86_400, 300)] {
        let mut plan = holding(0.0);
        assert_eq!(plan.ask(at(2880, 0.0)), Step::UseAndRenew("old"));
        plan.failed(Some(Duration::from_secs(wanted)), at(2880, 0.0));
        assert_eq!(plan.ask(at(2880 + pause - 1, 0.0)), Step::Use("old"));
        assert_eq!(plan.ask(at(2880 + pause, 0.0)), Step::UseAndRenew("old"));
    }
}

#[test]
fn without_a_living_token_the_next_caller_tries_at_once() {
    let mut plan = holding(0.0);
    assert_eq!(plan.ask(at(3599, 0.0)), Step::UseAndRenew("old"));
    plan.failed(None, at(3599, 0.0));
    assert_eq!(plan.ask(at(3599, 0.0)), Step::Use("old"));
    assert_eq!(plan.ask(at(3600, 0.0)), Step::Renew);
    plan.failed(Some(Duration::ZERO), at(3600, 0.0));
    assert_eq!(plan.ask(at(3600, 0.0)), Step::Renew);
    plan.failed(None, at(3600, 0.0));
    assert_eq!(plan.ask(at(3600, 0.0)), Step::Renew);
    plan.abandoned();
    assert_eq!(plan.ask(at(3600, 0.0)), Step::Renew);
}

#[test]
fn without_a_living_token_a_wish_to_be_left_alone_counts_up_to_five_minutes() {
    for (wanted, wait) in [(1, 1), (30, 30), (300, 300), (86_400, 300)] {
        let mut plan = Freshness::<()>::new(&SignOptions::new()).unwrap();
        for begin in [0, 1000] {
            assert_eq!(plan.ask(at(begin, 0.0)), Step::Renew);
            plan.failed(Some(Duration::from_secs(wanted)), at(begin, 0.0));
            for seconds in [0, wait - 1] {
                assert_eq!(plan.ask(at(begin + seconds, 0.0)), Step::Refuse, "{wanted}");
            }
        }
        assert_eq!(plan.ask(at(1000 + wait, 0.0)), Step::Renew);
        plan.failed(None, at(1000 + wait, 0.0));
        assert_eq!(plan.ask(at(1000 + wait, 0.0)), Step::Renew, "it is over");
    }
}

#[test]
fn a_wish_that_came_while_the_token_lived_counts_after_its_death() {
    let mut plan = holding(0.0);
    assert_eq!(plan.ask(at(3500, 0.0)), Step::UseAndRenew("old"));
    plan.failed(Some(Duration::from_secs(200)), at(3500, 0.0));
    assert_eq!(plan.ask(at(3599, 0.0)), Step::Use("old"));
    assert_eq!(plan.ask(at(3600, 0.0)), Step::Refuse);
    assert_eq!(plan.ask(at(3699, 0.0)), Step::Refuse);
    // The monotonic clock measures it.
    let put_back = Moment {
        now: START + 3600,
        ..at(3700, 0.0)
    };
    assert_eq!(plan.ask(put_back), Step::Renew);
    plan.renewed("new", hour(3700), at(3700, 0.0)).unwrap();
    assert_eq!(plan.ask(at(3700, 0.0)), Step::Use("new"));
}

#[test]
fn a_new_token_that_is_dead_already_is_a_failure() {
    let mut plan = holding(0.0);
    assert_eq!(plan.ask(at(2880, 0.0)), Step::UseAndRenew("old"));
    let error = plan.renewed("dead", hour(0), at(3600, 0.0)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TokenExpired);
    // It was counted: to tell it again changes nothing.
    plan.failed(Some(Duration::from_secs(300)), at(3600, 0.0));
    let mut when = at(3600, 0.0);
    when.now = START + 3599;
    assert_eq!(plan.ask(when), Step::Use("old"), "a pause");
    when.elapsed += Duration::from_secs(1);
    assert_eq!(plan.ask(when), Step::UseAndRenew("old"));
}

#[test]
fn a_clock_that_was_put_back_makes_the_token_due() {
    for (back, due) in [(60, false), (61, true), (100_000, true)] {
        let mut plan = holding(0.0);
        let moment = Moment {
            now: START - back,
            ..at(0, 0.0)
        };
        let expected = if due {
            Step::UseAndRenew("old")
        } else {
            Step::Use("old")
        };
        assert_eq!(plan.ask(moment), expected, "{back}");
    }
}

#[test]
fn a_forked_copy_renews_by_itself_and_at_its_own_time() {
    let mut plan = holding(0.0);
    assert_eq!(plan.ask(at(2880, 0.0)), Step::UseAndRenew("old"));
    let mut child = plan.clone();
    child.forked(1.0);
    assert_eq!(plan.ask(at(2880, 0.0)), Step::Use("old"));
    assert_eq!(child.ask(at(2591, 0.0)), Step::Use("old"));
    assert_eq!(child.ask(at(2592, 0.0)), Step::UseAndRenew("old"));
}

#[test]
fn fixed_times_are_refused() {
    for (options, field) in [
        (SignOptions::new().exp(START), "/exp"),
        (SignOptions::new().now(START), "/now"),
    ] {
        let error = Freshness::<()>::new(&options).unwrap_err();
        assert_eq!(
            (error.code(), error.field()),
            (ErrorCode::OptionValue, Some(field))
        );
    }
}

/// What may happen to a source.
#[derive(Debug, Clone)]
enum Event {
    Ask,
    Renewed(u64),
    Failed(u64),
    Abandoned,
    Forked,
    Clock(u64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Event::Ask),
        2 => (1_u64..5000).prop_map(Event::Renewed),
        1 => (0_u64..100_000).prop_map(Event::Failed),
        1 => Just(Event::Abandoned),
        1 => Just(Event::Forked),
        2 => prop_oneof![0_u64..8000, Just(0), Just(u64::MAX)].prop_map(Event::Clock),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_no_dead_token_is_given_and_one_renewal_is_under_way(
        events in prop::collection::vec((event(), 0.0_f64..=1.0), 1..80),
        window in prop::option::of(1_u64..10_000),
    ) {
        let mut options = SignOptions::new();
        options.reuse_window = window;
        let mut plan = Freshness::new(&options).unwrap();
        let (mut now, mut elapsed, mut renewing) = (4000, Duration::ZERO, false);
        let mut newest = None;
        let mut unwanted_until = Duration::ZERO;
        for (event, random) in events {
            elapsed += Duration::from_millis(700);
            let moment = Moment { now, elapsed, random };
            match event {
                Event::Ask => match plan.ask(moment) {
                    Step::Use(exp) => prop_assert!(now < exp && Some(exp) == newest),
                    Step::UseAndRenew(exp) => {
                        prop_assert!(!renewing && now < exp && Some(exp) == newest);
                        renewing = true;
                    }
                    Step::Renew => {
                        prop_assert!(!renewing && newest.is_none_or(|exp| exp <= now));
                        prop_assert!(elapsed >= unwanted_until);
                        renewing = true;
                    }
                    Step::Refuse => {
                        prop_assert!(!renewing && newest.is_none_or(|exp| exp <= now));
                        prop_assert!(elapsed < unwanted_until);
                    }
                    Step::Wait => prop_assert!(renewing && newest.is_none_or(|exp| exp <= now)),
                },
                Event::Renewed(lifetime) => {
                    let exp = now.saturating_add(lifetime);
                    let life = Life { exp, renew_at: now.saturating_add(lifetime * 4 / 5) };
                    if plan.renewed(exp, life, moment).is_ok() {
                        newest = Some(exp);
                    }
                    if renewing || exp > now {
                        unwanted_until = Duration::ZERO;
                    }
                    renewing = false;
                }
                Event::Failed(wanted) => {
                    let wanted = Duration::from_secs(wanted);
                    plan.failed(Some(wanted), moment);
                    if renewing {
                        unwanted_until = elapsed + wanted.min(Duration::from_secs(300));
                    }
                    renewing = false;
                }
                Event::Abandoned => {
                    plan.abandoned();
                    renewing = false;
                }
                Event::Forked => {
                    plan.forked(random);
                    renewing = false;
                }
                Event::Clock(time) => now = time,
            }
        }
    }
}
