//! Changes of files.

use super::{
    super::{
        ItemStatus,
        macros::{kinds, objects},
    },
    Caller,
};

kinds! {
    /// A change of a file.
    pub enum PatchOperation {
        /// Make one.
        CreateFile(WriteFile) = "create_file",
        /// Remove one.
        DeleteFile(DeleteFile) = "delete_file",
        /// Change one.
        UpdateFile(WriteFile) = "update_file",
    }
}

objects! {
    /// The model asks for a change of a file.
    pub struct ApplyPatchCall = "apply_patch_call" {
        /// What its output names.
        call_id: String,
        /// The change.
        operation: PatchOperation,
    } optional {
        /// The id of the item.
        id: String,
        /// Who asks.
        caller: Caller,
        /// Whether it is whole.
        status: ItemStatus,
        /// Who made the item.
        created_by: String,
    }

    /// What the change of a file came to.
    pub struct ApplyPatchCallOutput = "apply_patch_call_output" {
        /// The call.
        call_id: String,
        /// Whether the file was changed (`completed` or `failed`).
        status: ItemStatus,
    } optional {
        /// For the model to read.
        output: String,
        /// The id of the item.
        id: String,
        /// Who asked.
        caller: Caller,
        /// Who made the item.
        created_by: String,
    }

    /// Make or change a file.
    pub struct WriteFile {
        /// Which, from the root of the workspace.
        path: String,
        /// What is changed, in the form V4A.
        diff: String,
    }

    /// Remove a file.
    pub struct DeleteFile = "delete_file" {
        /// Which, from the root of the workspace.
        path: String,
    }
}
