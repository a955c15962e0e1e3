use std::sync::Arc;

use serde_json::Value;

use super::{
    bounds::{FromJson, HasSchema},
    checker::Checker,
    codec::Codec,
    compile::known_draft,
    field::check_type,
    generate::generate,
    lint::refused,
    profile::Profile,
    strict::{Loss, Refusal, SchemaError, StrictSchema, all_faults, check_extent},
};

/// What a model is promised and held to: the schema that is sent, the schema of what is accepted
/// back, and how that is decoded for the user's type. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Contract {
    inner: Arc<Inner>,
}

#[derive(Debug)]
enum Inner {
    Given { schema: Value, codec: Codec, checker: Checker, claims_strict: bool },
    Strict { strict: StrictSchema, checker: Checker },
}

impl Contract {
    /// Converts a schema for strict mode. With a profile without strict mode it is as
    /// [`given`](Self::given), not strict.
    ///
    /// # Errors
    ///
    /// Every place that has no faithful form, a pattern that cannot be compiled among them, with
    /// its remedy.
    pub fn strict(schema: &Value, profile: &Profile) -> Result<Self, SchemaError> {
        if !profile.strict {
            return Self::given(schema.clone(), false);
        }
        let strict = StrictSchema::convert(schema, profile)?;
        let (accepted, codec) = (strict.accepted(), strict.codec().clone());
        let checker = Checker::compile(accepted, codec, strict.original())?;
        Ok(Self { inner: Arc::new(Inner::Strict { strict, checker }) })
    }

    /// As [`strict`](Self::strict) of the schema of a type.
    ///
    /// # Errors
    ///
    /// As that, and every place that the type could never read: serde reads enums with `tag` alone
    /// or `untagged`, and what is under `flatten`, through a buffer that holds neither integers of
    /// 128 bits nor keys that are integers.
    ///
    /// ```
    /// use openai_tools::schema::{Contract, Profile};
    ///
    /// #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// #[serde(untagged)]
    /// enum Id {
    ///     Number(u128),
    ///     Name(String),
    /// }
    ///
    /// let refused = Contract::of_type::<Id>(&Profile::openai_strict()).unwrap_err();
    /// assert_eq!(refused.refusals()[0].pointer, "/anyOf/0");
    /// ```
    pub fn of_type<T: FromJson + HasSchema>(profile: &Profile) -> Result<Self, SchemaError> {
        let schema = generate::<T>();
        check_type::<T>(&schema)?;
        Self::strict(&schema, profile)
    }

    /// Takes a schema as it stands: it is sent, and what comes back is checked with it. Whether
    /// the server is told to be strict about it is `claims_strict`.
    ///
    /// # Errors
    ///
    /// Every place at which it is no JSON Schema; a pattern that cannot be compiled, or a reference
    /// that leaves the schema.
    pub fn given(schema: Value, claims_strict: bool) -> Result<Self, SchemaError> {
        check_extent(&schema)?;
        let codec = Codec::default();
        let compile = |schema: &Value| Checker::compile(schema, codec.clone(), None);
        let checker = match compile(&schema) {
            Ok(checker) => checker,
            Err(error) if known_draft(&schema).is_ok() => return Err(error),
            Err(error) => {
                let further = |rest: &Value| compile(rest).err();
                return Err(all_faults(&schema, error, |_| Vec::new(), further));
            }
        };
        let inner = Inner::Given { schema, codec, checker, claims_strict };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Takes a schema that says of itself that strict mode takes it.
    ///
    /// # Errors
    ///
    /// As for [`given`](Self::given), and every place where it is outside the strict subset: the
    /// server would refuse each request with it.
    pub(crate) fn claimed(schema: Value, profile: &Profile) -> Result<Self, SchemaError> {
        check_extent(&schema)?;
        let violations = refused(&schema, profile);
        if violations.is_empty() {
            return Self::given(schema, true);
        }
        let refusals = violations.into_iter().map(|v| Refusal::new(v.pointer, v.message, v.help));
        Err(SchemaError::new(refusals.collect()))
    }

    /// The same contract, if what is sent can be the parameters of a tool: a schema for objects.
    ///
    /// # Errors
    ///
    /// The root is a schema for something else.
    pub fn for_arguments(self) -> Result<Self, SchemaError> {
        let is_object = match self.sent() {
            Value::Object(root) => match root.get("type") {
                None => true,
                Some(kind) => kind == "object",
            },
            _ => false,
        };
        if is_object {
            return Ok(self);
        }
        Err(SchemaError::one(
            "",
            "the parameters of a tool must be an object",
            "put the schema under one property of an object",
        ))
    }

    /// The schema that the model's server is sent.
    #[must_use]
    pub fn sent(&self) -> &Value {
        match &*self.inner {
            Inner::Given { schema, .. } => schema,
            Inner::Strict { strict, .. } => strict.sent(),
        }
    }

    /// The schema of what is accepted back, before it is decoded.
    #[must_use]
    pub fn accepted(&self) -> &Value {
        match &*self.inner {
            Inner::Given { schema, .. } => schema,
            Inner::Strict { strict, .. } => strict.accepted(),
        }
    }

    /// The schema that decoded values are held to besides, where there are rules that no schema of
    /// what is sent can say.
    #[must_use]
    pub fn rechecked(&self) -> Option<&Value> {
        match &*self.inner {
            Inner::Given { .. } => None,
            Inner::Strict { strict, .. } => strict.original(),
        }
    }

    /// Whether the server is told to hold the model to the schema.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        match &*self.inner {
            Inner::Given { claims_strict, .. } => *claims_strict,
            Inner::Strict { .. } => true,
        }
    }

    /// What the schema that is sent does not say; none for one that is sent as it stands.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        match &*self.inner {
            Inner::Given { .. } => &[],
            Inner::Strict { strict, .. } => strict.losses(),
        }
    }

    /// How what comes back is rewritten for the user's type.
    #[must_use]
    pub fn codec(&self) -> &Codec {
        match &*self.inner {
            Inner::Given { codec, .. } => codec,
            Inner::Strict { strict, .. } => strict.codec(),
        }
    }

    /// The check of what comes back, compiled when the contract was made. Cheap.
    ///
    /// # Errors
    ///
    /// None any more: what cannot be compiled is refused when the contract is made.
    pub fn checker(&self) -> Result<Checker, SchemaError> {
        match &*self.inner {
            Inner::Given { checker, .. } | Inner::Strict { checker, .. } => Ok(checker.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pattern_that_does_not_compile_is_refused_at_once_and_at_its_place() {
        let schema = json!({
            "$defs": {"Code": {"type": "string", "pattern": "[a-"}},
            "type": "object",
            "properties": {"code": {"$ref": "#/$defs/Code"}},
            "required": ["code"],
            "additionalProperties": false,
        });
        let strict = Contract::strict(&schema, &Profile::openai_strict()).expect_err("refused");
        let given = Contract::given(schema, false).expect_err("refused");
        for error in [strict, given] {
            let [refusal] = error.refusals() else { panic!("{error}") };
            assert_eq!(refusal.pointer, "/$defs/Code/pattern");
            assert!(refusal.help.contains("regular expression"), "{error}");
        }
    }

    #[test]
    fn a_claim_to_be_strict_is_held_to_the_subset() {
        let profile = Profile::openai_strict();
        let error = Contract::claimed(json!({"type": "object"}), &profile).expect_err("open");
        assert!(error.to_string().contains("additionalProperties"), "{error}");
        let closed = json!({"type": "object", "additionalProperties": false});
        assert!(Contract::claimed(closed, &profile).expect("closed").is_strict());
    }
}
