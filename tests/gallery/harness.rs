use std::{cell::Cell, collections::HashSet, fmt::Debug};

use openai_tools::{
    Client, Outcome,
    chat::Api,
    schema::{
        Checker, Contract, Fault, Level, Loss, Profile, StrictSchema, deserialize, generate, lint,
        serialize,
    },
    structured::InvalidReason,
    testing::Server,
};
use proptest::{
    collection::vec,
    prelude::any,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tests::{assert_sent_as_documented, instances::Instances};

/// A type, and some of its values.
pub(crate) struct Exhibit<T> {
    name: &'static str,
    values: Vec<T>,
    is_narrower: bool,
}

impl<T: Debug + DeserializeOwned + JsonSchema + PartialEq + Serialize> Exhibit<T> {
    pub(crate) fn new(name: &'static str, values: Vec<T>) -> Self {
        Self { name, values, is_narrower: false }
    }

    pub(crate) fn at_least_5(self) -> Self {
        assert!(self.values.len() >= 5, "{} values are too few", self.values.len());
        self
    }

    /// The type itself refuses more than its schema says.
    pub(crate) fn narrower_than_its_schema(mut self) -> Self {
        self.is_narrower = true;
        self
    }

    pub(crate) fn show(self) {
        let profile = Profile::openai_strict();
        let raw = generate::<T>();
        let strict = StrictSchema::convert(&raw, &profile).expect("a strict form");
        Contract::of_type::<T>(&profile).expect("a type that can read all of it");
        snapshot(self.name, &strict);
        // Not every type of the gallery has docs, of which warnings tell.
        let found = lint(strict.sent(), &profile);
        assert!(found.iter().all(|found| found.level == Level::Warning), "{found:?}");

        let hall = Hall {
            checker: Contract::strict(&raw, &profile)
                .and_then(|contract| contract.checker())
                .expect("a schema that compiles"),
            sent: jsonschema::options()
                .should_validate_formats(true)
                .build(strict.sent())
                .expect("a schema that compiles"),
            strict,
            is_narrower: self.is_narrower,
        };
        for value in &self.values {
            hall.there_and_back(value);
        }
        hall.take_what_a_model_writes::<T>();
        hall.take_what_the_server_answers::<T>(&raw);
    }
}

/// What the values of one type are held against.
struct Hall {
    checker: Checker,
    sent: jsonschema::Validator,
    strict: StrictSchema,
    is_narrower: bool,
}

impl Hall {
    fn there_and_back<T: Debug + DeserializeOwned + PartialEq + Serialize>(&self, value: &T) {
        let own = serialize(value).unwrap_or_else(|problem| panic!("{value:?}: {problem}"));
        let written = self.strict.codec().encode(own.clone());
        let written = written.unwrap_or_else(|problem| panic!("{own} is not encoded: {problem}"));
        if let Err(error) = self.sent.validate(&written) {
            panic!("{written} breaks the schema that is sent: {error}");
        }
        let read = self.checker.check(&written.to_string());
        let read = read.unwrap_or_else(|fault| panic!("{written} is refused: {fault}"));
        let read: T = deserialize(read)
            .unwrap_or_else(|problem| panic!("{written} is not the type's: {problem}"));
        assert_eq!(read, *value, "by way of {written}");
    }

    /// Every instance of the schema that is sent becomes a value of the type, or is refused for
    /// what the loss report tells.
    fn take_what_a_model_writes<T: Debug + DeserializeOwned + PartialEq + Serialize>(&self) {
        let taken = Cell::new(0);
        let config = Config { failure_persistence: None, ..Config::with_cases(CASES) };
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        TestRunner::new_with_rng(config, rng)
            .run(&vec(any::<u8>(), 0..200), |choices| {
                // By the schema of what is accepted, dropped bounds are kept as well.
                let is_sent = choices.first().is_none_or(|first| first % 2 == 0);
                let schema = if is_sent { self.strict.sent() } else { self.strict.accepted() };
                let written = Instances::new(schema, &choices).next();
                if let Err(error) = self.sent.validate(&written) {
                    panic!("the generator wrote {written}: {error}");
                }
                let decoded = match self.checker.check(&written.to_string()) {
                    Ok(decoded) => decoded,
                    Err(fault) => return self.is_foretold(&fault, &written),
                };
                match deserialize::<T>(decoded) {
                    Ok(value) => {
                        taken.set(taken.get() + 1);
                        self.there_and_back(&value);
                        Ok(())
                    }
                    Err(_) if self.is_narrower || self.losses().any(is_unchecked_format) => Ok(()),
                    Err(problem) => {
                        Err(TestCaseError::fail(format!("{written} is not the type's: {problem}")))
                    }
                }
            })
            .unwrap_or_else(|failure| panic!("{failure}"));
        assert!(taken.get() > 0, "no instance was ever taken");
    }

    /// What the built-in server answers by itself becomes a value of the type, or is refused for what
    /// the loss report tells.
    fn take_what_the_server_answers<T: DeserializeOwned>(&self, raw: &Value) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let server = Server::start().await.expect("a server");
            let client = Client::builder().base_url(server.base_url()).build().expect("a client");
            let apis = [Api::ChatCompletions, Api::Responses];
            for (api, prompt) in
                apis.into_iter().flat_map(|api| PROMPTS.iter().map(move |p| (api, p)))
            {
                let run = client.parse_schema("any", "answer", raw.clone()).max_re_asks(0);
                let run = run.api(api).user(*prompt).await.expect("an answer");
                let refused = match run.outcome() {
                    Outcome::Completed(value) => match deserialize::<T>(value.clone()) {
                        Err(problem) if !self.is_narrower => problem.to_string(),
                        _ => continue,
                    },
                    Outcome::Invalid(invalid) => match invalid.reason() {
                        InvalidReason::Schema(fault) => {
                            match self.is_foretold(fault, &run.text().into()) {
                                Ok(()) => continue,
                                Err(error) => error.to_string(),
                            }
                        }
                        reason => panic!("{reason:?}"),
                    },
                    other => panic!("{}", other.as_str()),
                };
                panic!("the server answers {} to {prompt}: {refused}", run.text());
            }
            assert_sent_as_documented(&server.requests());
        });
    }

    fn losses(&self) -> impl Iterator<Item = &Loss> {
        self.strict.losses().iter()
    }

    fn is_foretold(&self, fault: &Fault, written: &Value) -> Result<(), TestCaseError> {
        let Fault::Invalid(problems) = fault else {
            return Err(TestCaseError::fail(format!("{written}: {fault}")));
        };
        let lost: HashSet<&str> = self.losses().map(|loss| loss.keyword.as_str()).collect();
        for problem in problems {
            let is_foretold = match problem.rule() {
                // The two rules of the codec: a key once, and text that holds JSON.
                "contentMediaType" | "uniqueItems" => !self.strict.codec().is_identity(),
                // Inside a branch a lost bound is told as no branch fitting.
                "anyOf" => !lost.is_empty(),
                _ => false,
            };
            if !is_foretold && !lost.contains(problem.rule()) {
                let told = format!("{written}: `{}`: {problem}", problem.rule());
                return Err(TestCaseError::fail(told));
            }
        }
        Ok(())
    }
}

/// A format that no check knows is left to the type.
fn is_unchecked_format(loss: &Loss) -> bool {
    loss.keyword == "format" && !loss.enforced
}

fn snapshot(name: &str, strict: &StrictSchema) {
    let mut shown = serde_json::to_string_pretty(strict.sent()).expect("JSON");
    for loss in strict.losses() {
        shown.push('\n');
        shown.push_str(&loss.to_string());
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, shown);
    });
}

const CASES: u32 = 128;
const PROMPTS: &[&str] = &[
    "Hello",
    "Invoice A-7 of 2026-05-01, 10:30, for Ann in Hanoi (ann@example.com): 3 lamps, 12.50 each, see \
     https://example.com/a.",
];
