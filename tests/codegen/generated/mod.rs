//! The generated modules, and which of their types are tools and schemas of the contracts.

use openai_tools::{schema::generate, tool::ToolDefinition};
use serde_json::Value;

/// A type that was made for a tool or a schema of a file.
pub(crate) struct Root {
    pub(crate) name: &'static str,
    /// What it defines, if it is a tool.
    pub(crate) definition: Option<fn() -> ToolDefinition>,
    pub(crate) schema: fn() -> Value,
    pub(crate) takes: fn(Value) -> Result<(), String>,
}

macro_rules! contracts {
    ($($file:ident { $($kind:ident $root:ident),* $(,)? })*) => {
        $(
            #[allow(
                clippy::all, clippy::pedantic, dead_code, unreachable_pub,
                reason = "written for crates with rules of their own"
            )]
            mod $file;
        )*

        /// The types of a file, in its order.
        pub(crate) fn roots(file: &str) -> Vec<Root> {
            match file {
                $(stringify!($file) => vec![$(root!($file $kind $root)),*],)*
                other => panic!("no types of {other}"),
            }
        }
    };
}

macro_rules! root {
    ($file:ident tool $root:ident) => {
        Root {
            definition: Some(|| {
                <$file::$root as openai_tools::Tool>::definition().expect("a sound definition")
            }),
            ..root!($file schema $root)
        }
    };
    ($file:ident schema $root:ident) => {
        Root {
            name: stringify!($root),
            definition: None,
            schema: generate::<$file::$root>,
            takes: crate::takes::<$file::$root>,
        }
    };
}

contracts! {
    gallery {
        schema AUrl, schema AdjacentlyTagged, schema Annotated, schema ApiParameter,
        schema ArrayOf0, schema ArrayOf3, schema Boolean, schema BorrowedStruct, schema Bound,
        schema BoxedStr, schema BoxesAndCells, schema CalendarEventThatRepeats,
        schema Character, schema ChatTranscript, schema ChronoDate, schema ChronoDateAndTime,
        schema ChronoDuration, schema ChronoMoment, schema ChronoTime, schema ChronoWeekday,
        schema ClosedStruct, schema Deque, schema Duration, schema Either, schema EmailMessage,
        schema EmptyStruct, schema EnumInAnEnum, schema EnumOfOneVariant,
        schema EnumWithAnOpenEnd, schema EventOfAll, schema ExternallyTagged,
        schema FieldWithAModule, schema FieldsWithDefaults, schema FlattenedEnum,
        schema FlattenedMap, schema FlattenedStruct, schema Float32, schema Float64,
        schema FoldersAndArchives, schema Formula, schema FreeJson, schema FreeJsonObject,
        schema GeoJson, schema Geometry2, schema HashMapOfNumbers, schema HashSet,
        schema InclusiveRange, schema InternallyTagged, schema InvoiceFromALetter, schema Ip,
        schema IpV4, schema IpV6, schema JsonOfItsOwn, schema JsonPatch, schema KeywordNames,
        schema LinkedList, schema LinkedNodes, schema ListOfWideIntegers, schema MapByBooleans,
        schema MapByCharacters, schema MapByDates, schema MapByEnum, schema MapByIntegers,
        schema MapBySignedIntegers, schema MapOfMaps, schema MapOfWideIntegers, schema Matrix,
        schema NamedStruct, schema NamesOfTheCodec, schema NestedOptions, schema NestedStruct,
        schema NewtypeStruct, schema NonZeroI16, schema NonZeroU64, schema NonZeroU8,
        schema NumberBounds, schema OneGenericWithTwoArguments, schema OptionType,
        schema OptionOfAMap, schema OrderWithDiscounts, schema PageOfNumbers,
        schema PageOfPages, schema PairStruct, schema Path, schema PlainEnum,
        schema PlainEnumWithDocs, schema PrefixTree, schema Range, schema ReadFromAText,
        schema RenamedFields, schema RenamedVariants, schema ResultType, schema SetOfPairs,
        schema ShoutingFieldsWithAliases, schema SignedIntegers, schema SkippedFields,
        schema SocketAddresses, schema SqlFilter, schema SqlQuery, schema StringType,
        schema StructOfEnums, schema StructWithDefaults, schema SystemTime, schema TextBounds,
        schema TransparentGeneric, schema TransparentStruct, schema TreeOfNames,
        schema TreeSetOfEnums, schema TupleOf1, schema TupleOf3, schema TupleStruct,
        schema TupleVariants, schema TuplesInTuples, schema UiTree, schema Unit2,
        schema UnitStruct, schema UnsignedIntegers, schema Untagged2, schema UntaggedArrays,
        schema Uuid, schema VecOfNumbers, schema VecOfVecs, schema Wrapping,
    }
    hostile { tool Struct, tool Struct2, tool NoStrict, tool SaidTwice, tool Draft7 }
    pydantic { tool PlaceOrder, tool CancelOrder }
    recursion {
        tool StoreTree,
        schema TreeOfAnything,
        schema Verdict,
        schema JustAList,
        schema JustAWord,
        schema JustAChoice,
    }
    shapes { tool Numbers, tool Collections, tool Formats, tool NoParameters, tool NoProperties }
    unions { tool Draw, tool Kept }
    weather { tool GetWeather }
}
