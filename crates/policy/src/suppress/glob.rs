//! Shell globs: `*`, `?`, `[a-z]`, and `[!a-z]` or `[^a-z]`. There is no escape:
//! a backslash is a path separator.

/// How far a star reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Star {
    /// Within one path segment.
    Segment,
    /// Over `/` too.
    Everything,
}

/// Why a glob is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GlobError {
    /// `[` without `]`.
    OpenClass,
    /// `[z-a]`.
    BackwardRange,
    /// More than 1024 bytes.
    TooLong,
}

impl std::fmt::Display for GlobError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::OpenClass => "\"[\" without \"]\"",
            Self::BackwardRange => "a range that runs backward",
            Self::TooLong => "longer than 1024 bytes",
        })
    }
}

impl std::error::Error for GlobError {}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Literal(char),
    One,
    Many,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

/// A compiled glob.
#[derive(Debug, Clone)]
pub(super) struct Glob {
    tokens: Vec<Token>,
    star: Star,
}

impl Glob {
    pub(super) fn new(text: &str, star: Star) -> Result<Self, GlobError> {
        let mut tokens = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            let token = match char {
                '*' if tokens.last() == Some(&Token::Many) => continue,
                '*' => Token::Many,
                // In a URL a question mark starts the query.
                '?' if star == Star::Segment => Token::One,
                '[' => class(&mut chars)?,
                literal => Token::Literal(literal),
            };
            tokens.push(token);
        }
        Ok(Self { tokens, star })
    }

    /// Costs at most the product of both lengths: only the last star is retried.
    pub(super) fn matches(&self, text: &str) -> bool {
        let (mut at, mut rest) = (0, text);
        let mut retry: Option<(usize, &str)> = None;
        loop {
            let next = rest.chars().next();
            match (self.tokens.get(at), next) {
                (Some(Token::Many), _) => {
                    at += 1;
                    retry = Some((at, rest));
                    continue;
                }
                (None, None) => return true,
                (Some(token), Some(char)) if self.fits(token, char) => {
                    at += 1;
                    rest = &rest[char.len_utf8()..];
                    continue;
                }
                _ => {}
            }
            let Some((token, from)) = retry else {
                return false;
            };
            let Some(skipped) = from.chars().next().filter(|char| self.star_takes(*char)) else {
                return false;
            };
            rest = &from[skipped.len_utf8()..];
            at = token;
            retry = Some((token, rest));
        }
    }

    fn star_takes(&self, char: char) -> bool {
        self.star == Star::Everything || char != '/'
    }

    fn fits(&self, token: &Token, char: char) -> bool {
        match token {
            Token::Literal(literal) => *literal == char,
            Token::One => char != '/',
            Token::Class { negated, ranges } => {
                char != '/'
                    && *negated
                        != ranges
                            .iter()
                            .any(|(from, to)| (*from..=*to).contains(&char))
            }
            Token::Many => false,
        }
    }
}

fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Token, GlobError> {
    let negated = chars.next_if(|char| matches!(char, '!' | '^')).is_some();
    let mut ranges = Vec::new();
    loop {
        let from = match chars.next().ok_or(GlobError::OpenClass)? {
            ']' if !ranges.is_empty() => return Ok(Token::Class { negated, ranges }),
            char => char,
        };
        let mut to = from;
        if chars.peek() == Some(&'-') {
            let mut ahead = chars.clone();
            ahead.next();
            if let Some(end) = ahead.next().filter(|char| *char != ']') {
                to = end;
                *chars = ahead;
            }
        }
        if to < from {
            return Err(GlobError::BackwardRange);
        }
        ranges.push((from, to));
    }
}
