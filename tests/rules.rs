//! Every built-in rule proves itself through the real matcher.

#![allow(clippy::unwrap_used, reason = "a test that cannot read the rules has failed")]

use keysieve::engine::Prover;
use keysieve::rules::Ruleset;

#[test]
fn every_rule_proves_itself() {
    let in_force = Ruleset::builtin().rules();
    let prover = Prover::new(in_force);
    let flaws: Vec<_> = Ruleset::everything()
        .rules()
        .iter()
        .flat_map(|rule| prover.prove(rule))
        .filter(|flaw| flaw.grave)
        .map(|flaw| format!("{}: {}", flaw.rule, flaw.problem))
        .collect();
    assert!(flaws.is_empty(), "{} flaws:\n{}", flaws.len(), flaws.join("\n"));
}
