//! Replies from typed values, in the form that a model writes them.

use schemars::JsonSchema;
use serde::Serialize;

use super::{reply::Reply, scripted_call::ScriptedCall};
use crate::{
    error::{Error, ErrorKind},
    schema::{Codec, Contract, Profile, generate, serialize},
    tool::Tool,
};

/// What the model says, from typed values.
impl Reply {
    /// A typed answer, in the form that a strict [`Client::parse`](crate::Client::parse) of the
    /// same type expects; finish reason `stop`.
    ///
    /// What strict mode cannot say (a map, a tuple, free JSON, a root that is no object) is written
    /// as its [`Codec`] writes it. The value is not checked otherwise: one that breaks a bound of
    /// its type is sent, so that a re-ask can be tested.
    ///
    /// ```
    /// use openai_tools::testing::Reply;
    /// use std::collections::BTreeMap;
    ///
    /// // Sent as {"value":[{"key":"Ann","value":7}]}.
    /// let ages = BTreeMap::from([("Ann", 7)]);
    /// let script = [Reply::value(&ages)?];
    /// # assert_eq!(script.len(), 1);
    /// # Ok::<(), openai_tools::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition): the type has no faithful form in strict mode, or
    /// the value cannot be serialised, or is not what the schema describes.
    pub fn value<T: Serialize + JsonSchema>(value: &T) -> Result<Self, Error> {
        let refuse =
            || Error::new(ErrorKind::Definition, format!("the answer `{}`", T::schema_name()));
        let contract = Contract::strict(&generate::<T>(), &Profile::openai_strict())
            .map_err(|e| refuse().with_source(e))?;
        Ok(Self::text(written(value, contract.codec(), refuse)?))
    }

    /// One call of a typed tool, as [`ScriptedCall::with`] makes it; finish reason `tool_calls`.
    ///
    /// # Errors
    ///
    /// As [`ScriptedCall::with`].
    pub fn tool_call_with<T: Tool + Serialize>(
        id: impl Into<String>,
        arguments: &T,
    ) -> Result<Self, Error> {
        Ok(Self::tool_calls([ScriptedCall::with(id, arguments)?]))
    }
}

impl ScriptedCall {
    /// A call of a typed tool: the name is the tool's, the arguments are written in the form that
    /// its definition asks for (see [`Codec`]). They are not checked otherwise.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition): the tool has no definition, or the arguments
    /// cannot be serialised, or are not what the schema describes.
    pub fn with<T: Tool + Serialize>(id: impl Into<String>, arguments: &T) -> Result<Self, Error> {
        let definition = T::definition()?;
        let refuse = || Error::new(ErrorKind::Definition, format!("arguments of `{}`", T::NAME));
        let written = written(arguments, definition.contract().codec(), refuse)?;
        Ok(Self::new(id, T::NAME, written))
    }
}

fn written(
    value: &impl Serialize,
    codec: &Codec,
    refuse: impl Fn() -> Error,
) -> Result<String, Error> {
    if codec.is_identity() {
        return serde_json::to_string(value).map_err(|e| refuse().with_source(e));
    }
    let value = serialize(value).map_err(|e| refuse().with_source(e))?;
    let value = codec.encode(value).map_err(|e| refuse().with_source(e))?;
    Ok(value.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        schema::deserialize,
        testing::{StreamShape, reply::Wire, wire::Payload},
    };

    fn message(reply: Reply) -> Value {
        let request = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        match reply.respond(&request, &Wire::Chat, 1, &StreamShape::new()).payload {
            Payload::Bytes(bytes) => {
                let mut body: Value = serde_json::from_slice(&bytes).expect("JSON");
                body["choices"][0]["message"].take()
            }
            Payload::Filled { .. } | Payload::Stream(_) => panic!("the body is generated"),
        }
    }

    /// What a strict `parse::<T>` makes of the reply.
    fn parsed<T: JsonSchema>(reply: Reply) -> Value {
        let contract = Contract::strict(&generate::<T>(), &Profile::openai_strict());
        let checker = contract.and_then(|contract| contract.checker()).expect("a contract");
        let content = message(reply)["content"].take();
        checker.check(content.as_str().expect("a text")).expect("valid")
    }

    fn comes_back<T: JsonSchema + Serialize>(value: &T) {
        let reply = Reply::value(value).expect("a form");
        assert_eq!(parsed::<T>(reply), serde_json::to_value(value).expect("JSON"));
    }

    #[derive(Deserialize, JsonSchema, Serialize)]
    struct Plan {
        ages: BTreeMap<String, u8>,
        place: (f64, f64),
        extra: Value,
        note: Option<String>,
    }

    impl Tool for Plan {
        const NAME: &'static str = "plan";
        const DESCRIPTION: Option<&'static str> = None;
    }

    fn plan() -> Plan {
        Plan {
            ages: [("Ann".to_owned(), 7)].into(),
            place: (1.5, 2.5),
            extra: json!({"a": [1]}),
            note: None,
        }
    }

    #[test]
    fn typed_values_are_read_back_whatever_their_root_is() {
        comes_back(&plan());
        comes_back(&BTreeMap::from([("Ann".to_owned(), 7)]));
        comes_back(&vec![1, 2]);
        comes_back(&("a".to_owned(), 1));
        comes_back(&Some(3));
        comes_back(&None::<u8>);
        comes_back(&json!([1, {"a": null}]));
    }

    #[test]
    fn integers_of_128_bits_keep_every_digit() {
        for number in [0, u128::from(u64::MAX), 1 << 64, (1 << 64) + 1, u128::MAX] {
            let reply = Reply::value(&vec![number]).expect("a form");
            let read: Vec<u128> = deserialize(parsed::<Vec<u128>>(reply)).expect("the type's");
            assert_eq!(read, [number]);
        }
        let numbers = BTreeMap::from([("a".to_owned(), Some(i128::MIN)), ("b".to_owned(), None)]);
        let reply = Reply::value(&numbers).expect("a form");
        let value = parsed::<BTreeMap<String, Option<i128>>>(reply);
        let read: BTreeMap<String, Option<i128>> = deserialize(value).expect("the type's");
        assert_eq!(read, numbers);
    }

    #[test]
    fn arguments_are_written_in_the_form_of_the_definition() {
        let message = message(Reply::tool_call_with("c1", &plan()).expect("a form"));
        let call = &message["tool_calls"][0];
        assert_eq!((&call["id"], &call["function"]["name"]), (&json!("c1"), &json!("plan")));
        let arguments = call["function"]["arguments"].as_str().expect("a text");
        assert!(arguments.contains(r#""ages":[{"key":"Ann","value":7}]"#), "{arguments}");
        let checker = Plan::definition().and_then(|plan| plan.checker()).expect("a definition");
        let read = checker.check(arguments).expect("valid");
        assert_eq!(read, serde_json::to_value(plan()).expect("JSON"));
    }

    #[test]
    fn what_cannot_be_written_is_said() {
        /// Serialises to something else than its schema says.
        #[derive(JsonSchema)]
        struct Odd {
            #[expect(dead_code, reason = "only the schema is made of it")]
            ages: BTreeMap<String, u8>,
        }
        impl Serialize for Odd {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map([("ages", 1)])
            }
        }
        let error = Reply::value(&Odd { ages: BTreeMap::new() }).expect_err("no map");
        assert_eq!(error.kind(), ErrorKind::Definition);
        assert!(error.to_string().contains("`Odd`"), "{error}");
    }
}
