/// How far a number has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NumberState {
    Exponent,
    ExponentDigits,
    ExponentSign,
    Fraction,
    Integer,
    Minus,
    Point,
    Start,
    Zero,
}

impl NumberState {
    /// The state after one more byte; none if the number cannot go on with it.
    pub(super) fn next(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Start, b'-') => Some(Self::Minus),
            (Self::Start | Self::Minus, b'0') => Some(Self::Zero),
            (Self::Start | Self::Minus, b'1'..=b'9') | (Self::Integer, b'0'..=b'9') => {
                Some(Self::Integer)
            }
            (Self::Zero | Self::Integer, b'.') => Some(Self::Point),
            (Self::Point | Self::Fraction, b'0'..=b'9') => Some(Self::Fraction),
            (Self::Zero | Self::Integer | Self::Fraction, b'e' | b'E') => Some(Self::Exponent),
            (Self::Exponent, b'+' | b'-') => Some(Self::ExponentSign),
            (Self::Exponent | Self::ExponentSign | Self::ExponentDigits, b'0'..=b'9') => {
                Some(Self::ExponentDigits)
            }
            _ => None,
        }
    }

    /// Whether it is a number as it stands.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Zero | Self::Integer | Self::Fraction | Self::ExponentDigits)
    }

    pub(super) fn may_end_before(self, byte: u8) -> bool {
        self.is_whole() && !(self == Self::Zero && byte.is_ascii_digit())
    }

    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Exponent => "a sign or a digit",
            Self::Zero => "a number without leading zeros",
            _ => "a digit",
        }
    }
}
