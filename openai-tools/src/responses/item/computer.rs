//! Actions at a computer.

use super::super::{
    ComputerScreenshot, ItemStatus, Plain,
    macros::{kinds, objects, words},
};

kinds! {
    /// What is to be done at a computer.
    pub enum ComputerAction {
        /// Click.
        Click(Click) = "click",
        /// Click twice.
        DoubleClick(DoubleClick) = "double_click",
        /// Move the mouse with its button held down.
        Drag(Drag) = "drag",
        /// Press keys.
        KeyPress(KeyPress) = "keypress",
        /// Move the mouse.
        Move(MoveMouse) = "move",
        /// Look at the screen.
        Screenshot(Plain) = "screenshot",
        /// Scroll.
        Scroll(Scroll) = "scroll",
        /// Write a text.
        Type(TypeText) = "type",
        /// Wait.
        Wait(Plain) = "wait",
    }
}

words! {
    /// A button of a mouse.
    pub enum MouseButton {
        /// Back.
        Back = "back",
        /// Forward.
        Forward = "forward",
        /// The left one.
        Left = "left",
        /// The right one.
        Right = "right",
        /// The wheel.
        Wheel = "wheel",
    }
}

objects! {
    /// The model asks for actions at a computer.
    pub struct ComputerCall = "computer_call" {
        /// What its output names.
        call_id: String,
    } optional {
        /// The id of the item.
        id: String,
        /// The action, of the older tool.
        action: ComputerAction,
        /// The actions, in order.
        actions: Vec<ComputerAction>,
        /// What somebody has to look at before they are done.
        pending_safety_checks: Vec<SafetyCheck>,
        /// Whether it is whole.
        status: ItemStatus,
    }

    /// What the computer shows after the actions.
    pub struct ComputerCallOutput = "computer_call_output" {
        /// The call.
        call_id: String,
        /// The screen.
        output: ComputerScreenshot,
    } optional {
        /// The id of the item.
        id: String,
        /// What somebody has looked at.
        acknowledged_safety_checks: Vec<SafetyCheck>,
        /// Whether it is whole.
        status: ItemStatus,
        /// Who made the item.
        created_by: String,
    }

    /// Something that somebody has to look at.
    pub struct SafetyCheck {
        /// Its id.
        id: String,
    } optional {
        /// What it is about.
        code: String,
        /// For people to read.
        message: String,
    }

    /// A place on the screen, in pixels from its upper left.
    pub struct Coordinate {
        /// From the left.
        x: i64,
        /// From the top.
        y: i64,
    }

    /// Click.
    pub struct Click = "click" {
        /// With which button.
        button: MouseButton,
        /// Pixels from the left.
        x: i64,
        /// Pixels from the top.
        y: i64,
    } optional {
        /// Keys that are held meanwhile.
        keys: Vec<String>,
    }

    /// Click twice.
    pub struct DoubleClick = "double_click" {
        /// Pixels from the left.
        x: i64,
        /// Pixels from the top.
        y: i64,
    } optional {
        /// Keys that are held meanwhile.
        keys: Vec<String>,
    }

    /// Move the mouse with its button held down.
    pub struct Drag = "drag" {
        /// Over these places.
        path: Vec<Coordinate>,
    } optional {
        /// Keys that are held meanwhile.
        keys: Vec<String>,
    }

    /// Press keys, all at once.
    pub struct KeyPress = "keypress" {
        /// Their names.
        keys: Vec<String>,
    }

    /// Move the mouse.
    pub struct MoveMouse = "move" {
        /// Pixels from the left.
        x: i64,
        /// Pixels from the top.
        y: i64,
    } optional {
        /// Keys that are held meanwhile.
        keys: Vec<String>,
    }

    /// Scroll.
    pub struct Scroll = "scroll" {
        /// Where the mouse is, in pixels from the left.
        x: i64,
        /// Where the mouse is, in pixels from the top.
        y: i64,
        /// So far to the right.
        scroll_x: i64,
        /// So far down.
        scroll_y: i64,
    } optional {
        /// Keys that are held meanwhile.
        keys: Vec<String>,
    }

    /// Write a text.
    pub struct TypeText = "type" {
        /// The text.
        text: String,
    }
}
