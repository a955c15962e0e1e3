//! Types of every kind on their way to the model and back.
//!
//! For each type: its strict schema as a snapshot, no error of the linter, its values there and back
//! again, and what a model could write by the schema read into the type.
//!
//! `INSTA_UPDATE=always cargo test -p tests --test gallery` writes the snapshots anew.

mod harness;

mod attributes;
mod collections;
mod documents;
mod enums;
mod foreign;
mod generics;
mod guide;
mod recursion;
mod refusals;
mod scalars;
mod structs;
mod trade;

/// One test per type. The values are at least 5; `all` stands before them where the type has no
/// more, `narrower` where the type refuses texts or numbers of which its schema says nothing.
macro_rules! exhibits {
    (@show $name:ident $type:ty, all [$($value:expr),+]) => {
        crate::harness::Exhibit::<$type>::new(stringify!($name), vec![$($value),+]).show();
    };
    (@show $name:ident $type:ty, some [$($value:expr),+]) => {
        crate::harness::Exhibit::<$type>::new(stringify!($name), vec![$($value),+]).at_least_5().show();
    };
    (@show $name:ident $type:ty, narrower [$($value:expr),+]) => {
        crate::harness::Exhibit::<$type>::new(stringify!($name), vec![$($value),+])
            .at_least_5()
            .narrower_than_its_schema()
            .show();
    };
    ($($name:ident: $type:ty = $kind:ident [$($value:expr),+ $(,)?];)+) => { $(
        #[test]
        fn $name() {
            crate::exhibits!(@show $name $type, $kind [$($value),+]);
        }
    )+ };
}
use exhibits;
