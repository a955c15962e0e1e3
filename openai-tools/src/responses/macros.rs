//! How the types of the wire are declared. Some 150 structs with six impls each, written out, would
//! hide what they say: their fields.

/// Objects: `required` and `optional` fields, and the value of `type` where they have one.
macro_rules! objects {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident $(= $tag:literal)? {
            $( $(#[$required_meta:meta])* $required:ident: $required_type:ty, )*
        } $( optional {
            $( $(#[$optional_meta:meta])* $optional:ident: $optional_type:ty, )*
        } )?
    )*) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$required_meta])* pub $required: $required_type, )*
            $($( $(#[$optional_meta])* pub $optional: Option<$optional_type>, )*)?
            /// What came besides.
            pub extra: $crate::responses::Extra,
        }

        $crate::responses::macros::construct! {
            $name ($($required: $required_type),*) [$($($optional),*)?]
        }

        impl $crate::responses::object::Fields for $name {
            const TAG: Option<&'static str> = $crate::responses::macros::first!($($tag)?);

            fn read(
                object: &mut $crate::responses::object::Object,
                tag: Option<&str>,
            ) -> Result<Self, $crate::responses::object::Misfit> {
                Ok(Self {
                    $( $required: object.required($crate::responses::macros::name!($required))?, )*
                    $($( $optional: object.optional($crate::responses::macros::name!($optional)), )*)?
                    extra: object.rest(tag),
                })
            }

            fn write<M: serde::ser::SerializeMap>(
                &self,
                to: &mut $crate::responses::object::Writer<M>,
                tag: Option<&str>,
            ) -> Result<(), M::Error> {
                to.tag(tag, &self.extra)?;
                $( to.field($crate::responses::macros::name!($required), &self.$required)?; )*
                $($(
                    if let Some(value) = &self.$optional {
                        to.field($crate::responses::macros::name!($optional), value)?;
                    }
                )*)?
                to.extra(&self.extra)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::responses::object::read(deserializer)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use $crate::responses::object::Fields;
                $crate::responses::object::write(self, Self::TAG, serializer)
            }
        }

        impl $crate::responses::object::Sketch for $name {
            fn sketch(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(self, f)
            }
        }

        /// Shows sizes, words and numbers, and no content.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut shown = f.debug_struct(stringify!($name));
                $( shown.field(stringify!($required), &$crate::responses::object::Sketched(&self.$required)); )*
                $($(
                    if let Some(value) = &self.$optional {
                        shown.field(stringify!($optional), &$crate::responses::object::Sketched(value));
                    }
                )*)?
                if !self.extra.is_empty() {
                    shown.field("extra", &self.extra);
                }
                shown.finish()
            }
        }
    )*};
}

/// The name of a field on the wire: as in Rust, without the mark of a keyword.
macro_rules! name {
    (r#type) => {
        "type"
    };
    (r#final) => {
        "final"
    };
    ($name:ident) => {
        stringify!($name)
    };
}

macro_rules! first {
    () => {
        None
    };
    ($tag:literal) => {
        Some($tag)
    };
}

/// A constructor with the required fields, or a default where there are none.
macro_rules! construct {
    ($name:ident () [$($optional:ident),*]) => {
        impl Default for $name {
            fn default() -> Self {
                Self { $($optional: None,)* extra: $crate::responses::Extra::default() }
            }
        }
    };
    ($name:ident ($($required:ident: $required_type:ty),+) [$($optional:ident),*]) => {
        impl $name {
            /// With its required fields, in the order of the fields; the others are not set.
            #[must_use]
            pub fn new($($required: impl Into<$required_type>),+) -> Self {
                Self {
                    $($required: $required.into(),)+
                    $($optional: None,)*
                    extra: $crate::responses::Extra::default(),
                }
            }
        }
    };
}

/// Objects of several kinds, told apart by their field `type`.
macro_rules! kinds {
    ($(
        $(#[$meta:meta])*
        pub enum $name:ident $(untyped $untyped:ident)? {
            $( $(#[$kind_meta:meta])* $kind:ident($of:ty) = $tag:literal, )*
        }
    )*) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$kind_meta])* $kind($of), )*
            /// A kind that is newer than this release, or one that lacks what the document says it
            /// has; kept as it came.
            Other($crate::responses::Json),
        }

        impl $name {
            /// The kinds that are known, by the words of the wire.
            pub const KINDS: &'static [&'static str] = &[$($tag),*];

            /// Its kind in the word of the wire; `None` if what came has none.
            #[must_use]
            pub fn kind(&self) -> Option<std::borrow::Cow<'_, str>> {
                match self {
                    $( Self::$kind(_) => Some($tag.into()), )*
                    Self::Other(json) => $crate::responses::object::kind_of(json),
                }
            }
        }

        impl From<$crate::responses::Json> for $name {
            /// Reads it; what fits no kind is kept as it is.
            fn from(json: $crate::responses::Json) -> Self {
                use $crate::responses::object::{Fields, Object};
                let Some(mut object) = Object::of(&json) else { return Self::Other(json) };
                let kind = object.word("type");
                $( let kind = kind.or_else(|| $untyped(&object).map(str::to_owned)); )?
                let read = match kind.as_deref() {
                    $( Some($tag) => <$of as Fields>::read(&mut object, Some($tag)).map(Self::$kind), )*
                    _ => return Self::Other(json),
                };
                read.unwrap_or(Self::Other(json))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <$crate::responses::Json as serde::Deserialize>::deserialize(deserializer)
                    .map(Self::from)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $( Self::$kind(object) => {
                        $crate::responses::object::write(object, Some($tag), serializer)
                    } )*
                    Self::Other(json) => serde::Serialize::serialize(json, serializer),
                }
            }
        }

        impl $crate::responses::object::Sketch for $name {
            fn sketch(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(self, f)
            }
        }

        /// Shows sizes, words and numbers, and no content.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $( Self::$kind(object) => std::fmt::Debug::fmt(object, f), )*
                    Self::Other(json) => write!(f, "Other({json:?})"),
                }
            }
        }
    )*};
}

/// Words of an open set.
macro_rules! words {
    ($(
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$word_meta:meta])* $word:ident = $wire:literal, )*
        }
    )*) => {$(
        $(#[$meta])*
        #[derive(Clone, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$word_meta])* $word, )*
            /// Newer than this release; kept as it came.
            Other(String),
        }

        impl $name {
            /// The word of the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$word => $wire, )*
                    Self::Other(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $( $wire => Self::$word, )*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer)
                    .map(|word| Self::from(word.as_str()))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl $crate::responses::object::Sketch for $name {
            fn sketch(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(self, f)
            }
        }

        /// Shows no word that is unknown, which can be anything.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $( Self::$word => f.write_str(stringify!($word)), )*
                    Self::Other(word) => write!(f, "Other({} bytes)", word.len()),
                }
            }
        }
    )*};
}

/// Values that come in several forms; the first that fits is taken.
macro_rules! forms {
    ($(
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$form_meta:meta])* $form:ident($of:ty), )*
        }
    )*) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$form_meta])* $form($of), )*
            /// Another form; kept as it came.
            Other($crate::responses::Json),
        }

        $( impl From<$of> for $name {
            fn from(value: $of) -> Self {
                Self::$form(value)
            }
        } )*

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let json = <$crate::responses::Json as serde::Deserialize>::deserialize(deserializer)?;
                $( if let Ok(value) = serde_json::from_str::<$of>(json.as_str()) {
                    return Ok(Self::$form(value));
                } )*
                Ok(Self::Other(json))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $( Self::$form(value) => serde::Serialize::serialize(value, serializer), )*
                    Self::Other(json) => serde::Serialize::serialize(json, serializer),
                }
            }
        }

        impl $crate::responses::object::Sketch for $name {
            fn sketch(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $( Self::$form(value) => $crate::responses::object::Sketch::sketch(value, f), )*
                    Self::Other(json) => write!(f, "Other({json:?})"),
                }
            }
        }

        /// Shows sizes, words and numbers, and no content.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::responses::object::Sketch::sketch(self, f)
            }
        }
    )*};
}

pub(super) use {construct, first, forms, kinds, name, objects, words};
