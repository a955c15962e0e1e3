use std::{collections::VecDeque, fmt, marker::PhantomData};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::json::{JsonError, JsonLimits, Machine, Sink, Token, Tree};
use crate::schema::{Checker, Codec, Contract, Fault, SchemaError, VALUE_NAME, deserialize};

/// Reads a list as it arrives, and gives each element as soon as it is complete.
///
/// The list stands alone, or under `value` in an object, as strict mode wants it. An element that
/// was given out is not kept, so a list may be longer than memory.
///
/// ```
/// use openai_tools::{
///     schema::{Contract, Profile, generate},
///     stream::Elements,
/// };
///
/// #[derive(Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
/// struct Town {
///     name: String,
///     residents: Option<u32>,
/// }
///
/// let contract = Contract::strict(&generate::<Town>(), &Profile::openai_strict())?;
/// let mut towns = Elements::<Town>::new(&contract)?;
/// towns.push(r#"{"value": [{"name": "Hue", "residents": null}, {"name": "Vi"#)?;
/// let first = towns.next_element().unwrap()?;
/// assert_eq!(first, Town { name: "Hue".to_owned(), residents: None });
/// assert!(towns.next_element().is_none(), "the second one still grows");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Elements<T> {
    machine: Machine,
    list: List,
    codec: Codec,
    checker: Checker,
    given: usize,
    of: PhantomData<fn() -> T>,
}

/// An element that came, and cannot be used. Those after it can.
///
/// `Debug` leaves out what was found, which is the model's own words.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct InvalidElement {
    /// Which element of the list it is, counted from 0.
    pub index: usize,
    /// Why it cannot be used; pointers begin at the element.
    pub fault: Fault,
}

impl<T: DeserializeOwned> Elements<T> {
    /// A reader of a list whose elements each keep the contract; limits are 128 levels and 64 MiB
    /// for the whole text.
    ///
    /// # Errors
    ///
    /// The contract's check cannot be compiled.
    pub fn new(contract: &Contract) -> Result<Self, SchemaError> {
        Self::with_limits(contract, JsonLimits::default())
    }

    /// A reader with other limits.
    ///
    /// # Errors
    ///
    /// The contract's check cannot be compiled.
    pub fn with_limits(contract: &Contract, limits: JsonLimits) -> Result<Self, SchemaError> {
        Ok(Self {
            machine: Machine::new(limits),
            list: List::default(),
            codec: contract.codec().clone(),
            checker: contract.checker()?,
            given: 0,
            of: PhantomData,
        })
    }

    /// Takes the list in one form only: under `value`, or alone.
    #[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only runs know the form"))]
    pub(crate) fn wrapped(mut self, is_wrapped: bool) -> Self {
        self.list.wrapped = Some(is_wrapped);
        self
    }

    /// Takes the next piece of the text, of any length.
    ///
    /// # Errors
    ///
    /// The text is no beginning of a list in JSON, or passes a limit. Every later call repeats the
    /// error; elements that were complete before it can still be taken.
    pub fn push(&mut self, text: &str) -> Result<(), JsonError> {
        self.machine.push(text, &mut self.list)
    }

    /// The next element that is complete; none if there is none yet.
    ///
    /// # Errors
    ///
    /// The element breaks the schema, or the type refuses it.
    pub fn next_element(&mut self) -> Option<Result<T, InvalidElement>> {
        let value = self.list.complete.pop_front()?;
        let index = self.given;
        self.given += 1;
        Some(self.read(value).map_err(|fault| InvalidElement { index, fault }))
    }

    /// Whether the list has closed, and what wraps it.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.machine.is_closed()
    }

    /// Says that no more text comes; elements that are complete can still be taken.
    ///
    /// # Errors
    ///
    /// The list has not closed, something came after it, or [`push`](Self::push) failed.
    pub fn finish(&mut self) -> Result<(), JsonError> {
        self.machine.finish(&mut self.list)
    }

    fn read(&self, value: Value) -> Result<T, Fault> {
        // Alone, a value that is no object is wrapped; in a list it is not.
        let at_element = |fault| match (fault, self.codec.wraps_root()) {
            (Fault::Invalid(problems), Some(wrapper)) => Fault::Invalid(
                problems.into_iter().map(|problem| problem.inside(wrapper)).collect(),
            ),
            (fault, _) => fault,
        };
        let value = self.checker.check_value(self.codec.wrap_root(value)).map_err(at_element)?;
        deserialize(value).map_err(|problem| Fault::Invalid(vec![problem]))
    }
}

impl<T> fmt::Debug for Elements<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Elements")
            .field("given", &self.given)
            .field("is_closed", &self.machine.is_closed())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for InvalidElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "element {}: {}", self.index, self.fault)
    }
}

impl std::error::Error for InvalidElement {}

/// Finds the list, and builds one element at a time.
#[derive(Default)]
struct List {
    place: Place,
    /// Whether the list stands under `value`; `None` if both forms will do.
    wrapped: Option<bool>,
    /// The element that is being read.
    element: Tree,
    /// How many values of the element have begun and not ended.
    depth: usize,
    key: String,
    complete: VecDeque<Value>,
}

#[derive(Clone, Copy, Default, Eq, PartialEq)]
enum Place {
    #[default]
    Start,
    Wrapper,
    Key,
    BeforeList,
    List,
    AfterList,
}

impl Sink for List {
    fn begin(&mut self, token: Token) -> Result<(), &'static str> {
        if self.depth > 0 || self.place == Place::List {
            self.depth += usize::from(token != Token::Key);
            return self.element.begin(token);
        }
        let is_wrapped = token == Token::Object;
        if self.place == Place::Start && self.wrapped.is_some_and(|asked| asked != is_wrapped) {
            return Err(if is_wrapped {
                "a list"
            } else {
                "an object with the list under `value`"
            });
        }
        self.place = match (self.place, token) {
            (Place::Start | Place::BeforeList, Token::Array) => Place::List,
            (Place::Start, Token::Object) => Place::Wrapper,
            (Place::Wrapper, Token::Key) => Place::Key,
            (Place::AfterList, _) => return Err("the end of the object"),
            _ => return Err("a list"),
        };
        Ok(())
    }

    fn text(&mut self, run: &str) {
        if self.depth > 0 {
            self.element.text(run);
        } else if self.key.len() <= VALUE_NAME.len() {
            // As much as tells a longer key apart.
            self.key.extend(run.chars().take(VALUE_NAME.len() + 1));
        }
    }

    fn end(&mut self, token: Token) -> Result<(), &'static str> {
        if self.depth > 0 {
            self.element.end(token)?;
            self.depth -= usize::from(token != Token::Key);
            if self.depth == 0 {
                self.complete.extend(std::mem::take(&mut self.element).into_value());
            }
            return Ok(());
        }
        match (self.place, token) {
            (Place::Key, _) if self.key != VALUE_NAME => return Err("the list under `value`"),
            (Place::Key, _) => self.place = Place::BeforeList,
            (Place::Wrapper, _) => return Err("the list under `value`"),
            _ => self.place = Place::AfterList,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::{Profile, generate};

    fn elements<T: schemars::JsonSchema + DeserializeOwned>() -> Elements<T> {
        let contract =
            Contract::strict(&generate::<T>(), &Profile::openai_strict()).expect("converts");
        Elements::new(&contract).expect("compiles")
    }

    fn all<T: schemars::JsonSchema + DeserializeOwned>(text: &str) -> Vec<T> {
        let mut found = Vec::new();
        let mut elements = elements::<T>();
        for piece in text.split("").filter(|piece| !piece.is_empty()) {
            elements.push(piece).expect("a list");
            found.extend(elements.next_element().map(|element| element.expect("valid")));
            assert!(elements.next_element().is_none(), "one character ends one element");
        }
        elements.finish().expect("closed");
        assert!(elements.next_element().is_none());
        found
    }

    #[test]
    fn a_list_may_stand_alone_or_wrapped() {
        for text in ["[1, 2,30]", r#"{"value": [1, 2,30]}"#, r#" {"valu\u0065":[1,2,30] } "#] {
            assert_eq!(all::<u8>(text), [1, 2, 30], "{text}");
        }
        assert!(all::<u8>("[]").is_empty());
        assert_eq!(all::<Vec<u8>>("[[],[1]]"), vec![vec![], vec![1_u8]]);
    }

    #[test]
    fn where_one_form_is_asked_for_the_other_has_no_elements() {
        for (text, is_wrapped) in [("[1,2]", false), (r#"{"value":[1,2]}"#, true)] {
            let mut asked = elements::<u8>().wrapped(is_wrapped);
            asked.push(text).expect("as asked for");
            assert_eq!(asked.next_element(), Some(Ok(1)));
            let mut other = elements::<u8>().wrapped(!is_wrapped);
            assert!(other.push(text).is_err(), "{text}");
            assert_eq!(other.next_element(), None, "{text}");
        }
    }

    #[test]
    fn elements_are_decoded_as_the_type_reads_them() {
        let text = r#"{"value":[[{"key":"a","value":1}],[]]}"#;
        let maps = all::<std::collections::BTreeMap<String, u8>>(text);
        assert_eq!(maps[0]["a"], 1);
        assert_eq!(maps.len(), 2);
        assert_eq!(all::<(u8, String)>(r#"[{"item_0":1,"item_1":"x"}]"#), [(1, "x".to_owned())]);
        assert_eq!(all::<Option<u8>>("[null,1]"), [None, Some(1)]);
    }

    #[test]
    fn an_invalid_element_is_told_and_those_after_it_come() {
        let mut elements = elements::<u8>();
        elements.push("[1,300,\"x\",4]").expect("a list");
        assert_eq!(elements.next_element(), Some(Ok(1)));
        for index in [1, 2] {
            let invalid = elements.next_element().expect("an element").expect_err("invalid");
            assert_eq!(invalid.index, index);
            assert!(
                matches!(&invalid.fault, Fault::Invalid(problems) if problems[0].pointer() == "")
            );
        }
        assert_eq!(elements.next_element(), Some(Ok(4)));
    }

    #[test]
    fn what_is_no_list_is_an_error() {
        for text in ["1", "\"x\"", "{}", r#"{"values":[]}"#, r#"{"value":1}"#, r#"{"a":[]}"#] {
            let mut elements = elements::<u8>();
            assert!(elements.push(text).and_then(|()| elements.finish()).is_err(), "{text}");
        }
        for text in [r#"{"value":[1],"value":[2]}"#, "[1]x", "[1"] {
            let mut elements = elements::<u8>();
            let read = elements.push(text).and_then(|()| elements.finish());
            assert!(read.is_err(), "{text}");
            if !text.ends_with("[1") {
                assert_eq!(elements.next_element(), Some(Ok(1)), "it was complete before: {text}");
            }
        }
    }

    #[test]
    fn what_was_given_out_is_not_kept() {
        let mut elements = elements::<String>();
        elements.push("[").expect("a list");
        for n in 0..10_000 {
            elements.push(&format!("{},", json!("x".repeat(n % 50)))).expect("a list");
            assert!(elements.next_element().is_some());
            assert!(elements.list.complete.is_empty() && elements.list.element.root().is_none());
        }
    }
}
