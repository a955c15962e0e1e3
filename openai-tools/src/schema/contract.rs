use std::sync::Arc;

use serde_json::Value;

use super::{
    checker::Checker,
    codec::Codec,
    profile::Profile,
    strict::{Loss, SchemaError, StrictSchema, check_depth},
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
    Strict(StrictSchema),
}

impl Contract {
    /// Converts a schema for strict mode. With a profile without strict mode it is as
    /// [`given`](Self::given), not strict.
    ///
    /// # Errors
    ///
    /// Every place that has no faithful form, with its remedy.
    pub fn strict(schema: &Value, profile: &Profile) -> Result<Self, SchemaError> {
        if !profile.strict {
            return Self::given(schema.clone(), false);
        }
        let strict = StrictSchema::convert(schema, profile)?;
        Ok(Self { inner: Arc::new(Inner::Strict(strict)) })
    }

    /// Takes a schema as it stands: it is sent, and what comes back is checked with it. Whether
    /// the server is told to be strict about it is `claims_strict`.
    ///
    /// # Errors
    ///
    /// Not a JSON Schema, a pattern that cannot be compiled, or a reference that leaves the
    /// schema.
    pub fn given(schema: Value, claims_strict: bool) -> Result<Self, SchemaError> {
        check_depth(&schema)?;
        let codec = Codec::default();
        let checker = Checker::compile(&schema, codec.clone(), None)?;
        let inner = Inner::Given { schema, codec, checker, claims_strict };
        Ok(Self { inner: Arc::new(inner) })
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
            Inner::Strict(strict) => strict.sent(),
        }
    }

    /// Whether the server is told to hold the model to the schema.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        match &*self.inner {
            Inner::Given { claims_strict, .. } => *claims_strict,
            Inner::Strict(_) => true,
        }
    }

    /// What the schema that is sent does not say; none for one that is sent as it stands.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        match &*self.inner {
            Inner::Given { .. } => &[],
            Inner::Strict(strict) => strict.losses(),
        }
    }

    /// How what comes back is rewritten for the user's type.
    #[must_use]
    pub fn codec(&self) -> &Codec {
        match &*self.inner {
            Inner::Given { codec, .. } => codec,
            Inner::Strict(strict) => strict.codec(),
        }
    }

    /// Compiles the check of what comes back; keep it, compiling is not cheap.
    ///
    /// # Errors
    ///
    /// A pattern that cannot be compiled, or a reference that leaves the schema.
    pub fn checker(&self) -> Result<Checker, SchemaError> {
        match &*self.inner {
            Inner::Given { checker, .. } => Ok(checker.clone()),
            Inner::Strict(strict) => {
                Checker::compile(strict.accepted(), strict.codec().clone(), strict.original())
            }
        }
    }
}
